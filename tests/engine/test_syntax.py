"""JSON and shell are read with exact places."""

from workers.engine.project.shell import shell_commands
from workers.engine.syntax import (
    Fragment,
    character_offsets,
    json_strings,
    toml_strings,
)


def test_every_string_of_a_json_document_has_its_path_and_place() -> None:
    text = '{"a": "x", /* why */ "b": {"c": ["q", 1, "z"],},}'
    found = {string.path: string.value for string in json_strings(text)}
    assert found[("a",)].text == "x"
    assert found[("b", "c", "2")].text == "z"
    assert text[found[("b", "c", "0")].offsets[0]] == "q"


def test_escapes_in_json_count_as_the_character_they_mean() -> None:
    text = r'{"é": "say \"hi\"\nA\u00e9z"}'
    (found,) = json_strings(text)
    assert found.path == ("é",)
    assert found.value.text == 'say "hi"\nAéz'
    place = dict(zip(found.value.text, found.value.offsets, strict=False))
    assert text[place["A"]] == "A"
    assert text[place["z"]] == "z"
    assert text[found.value.offsets[-1]] == '"'


def test_broken_json_still_gives_what_can_be_read() -> None:
    found = list(json_strings('{"scripts": {"a": "x", "b": "y"'))
    assert [string.value.text for string in found] == ["x", "y"]


def test_commands_are_found_in_lists_subshells_and_conditions() -> None:
    text = "a 1 && (b || c); if [ -f x ]; then d 'two words'; fi; f $(e)"
    words = [[word.text for word in command.words] for command in shell_commands(text)]
    assert words == [["a", "1"], ["b"], ["c"], ["d", "two words"], ["f", "$(e)"], ["e"]]


def test_quotes_are_taken_off_and_variables_are_known_as_such() -> None:
    (command,) = shell_commands('FOO=1 run "x y" \'z\' "$NAME"')
    assert [word.text for word in command.words] == ["run", "x y", "z", "$NAME"]
    assert [word.is_literal for word in command.words] == [True, True, True, False]


def test_text_in_a_here_document_is_not_a_command() -> None:
    names = [
        command.words[0].text for command in shell_commands("cat <<EOF\nprisma db push\nEOF\n")
    ]
    assert names == ["cat"]


def test_places_count_characters_and_not_bytes() -> None:
    text = "echo ü; prisma db push"
    last = list(shell_commands(text))[-1]
    assert text[last.start : last.end] == "prisma db push"


def test_offsets_in_bytes_become_offsets_in_characters_wherever_they_fall() -> None:
    text = "aé漢😀z"
    data = text.encode()
    at = character_offsets(text, data)
    told = [number for number, letter in enumerate(text) for _ in letter.encode()]
    assert [at(offset) for offset in range(len(data) + 1)] == [*told, len(text)]


def test_a_whole_file_is_a_fragment_of_itself() -> None:
    assert Fragment.whole("ab").offsets == (0, 1, 2)


def test_every_string_of_a_toml_document_has_its_path_and_place() -> None:
    text = 'a = "é"\n[b.c]\nd = \'x\' # why\n[[e]]\nf = ["g", "h \\"i\\""]\nj = {k = """l\nm"""}\n'
    found = {string.path: string.value for string in toml_strings(text)}
    assert {path: value.text for path, value in found.items()} == {
        ("a",): "é",
        ("b", "c", "d"): "x",
        ("e", "f", "0"): "g",
        ("e", "f", "1"): 'h "i"',
        ("e", "j", "k"): "l\nm",
    }
    assert text[found[("b", "c", "d")].offsets[0]] == "x"
    assert text[found[("e", "f", "1")].offsets[-1]] == '"'


def test_broken_toml_still_gives_what_can_be_read() -> None:
    found = list(toml_strings('[deploy\nx = "y"\n[ok]\nz = "w"\n= 3\n'))
    assert "w" in [string.value.text for string in found]
