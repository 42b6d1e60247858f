"""GitHub-flavoured Markdown as HTML that holds nothing but what GitHub would let through."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from markupsafe import Markup

# The tags that pass, always without attributes but for `<details open>`.
TAGS = (
    "b|blockquote|br|code|dd|del|details|dl|dt|em|h[1-6]|hr|i|ins|kbd|li|ol|p|pre|q|s|samp|strong|"
    "sub|summary|sup|table|tbody|td|th|thead|tr|ul|var"
)
PASSES = re.compile(rf"<!--.*?-->|</?(?:{TAGS})\s*/?>|<details open>", re.DOTALL | re.IGNORECASE)
ALERT = re.compile(r"<blockquote>\s*<p>\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]\s*(<br>)?")
MOST_EXCERPT = 96  # characters
TASK = re.compile(r"<li>(<p>)?\[([ xX])\] ")


def render(text: str | None, lines: Sequence[str] = ()) -> Markup:
    """The text as HTML; `lines` are the commented lines, which a suggestion would replace."""
    made = engine().render(text or "", {"lines": lines})
    made = ALERT.sub(
        lambda found: (
            f'<blockquote class="alert {found[1].lower()}"><p><b>{found[1].title()}</b><br>'
        ),
        made,
    )
    box = '<li class="task">{}<input type="checkbox" disabled aria-label="{}"> '
    marks = {" ": "to do", "x": 'done" checked="', "X": 'done" checked="'}
    made = TASK.sub(lambda found: box.format(found[1] or "", marks[found[2]]), made)
    return Markup(made)


def engine() -> MarkdownIt:
    """CommonMark with tables and strikethrough; raw HTML passes a sieve."""
    made = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    made.add_render_rule("html_block", sieved)
    made.add_render_rule("html_inline", sieved)
    made.add_render_rule("fence", fence)
    made.add_render_rule("code_inline", code_inline)
    return made


def sieve(text: str) -> str:
    """Raw HTML with comments dropped, harmless tags kept and all else shown as text."""
    kept = []
    end = 0
    for found in PASSES.finditer(text):
        kept.append(html.escape(text[end : found.start()], quote=False))
        kept.append("" if found[0].startswith("<!--") else found[0])
        end = found.end()
    kept.append(html.escape(text[end:], quote=False))
    return "".join(kept)


def sieved(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: Any
) -> str:
    """Renders a piece of raw HTML."""
    return sieve(tokens[index].content)


def code_inline(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: Any
) -> str:
    """Renders a code span; a path may be broken after its slashes and underscores."""
    shown = html.escape(tokens[index].content, quote=False)
    return "<code>" + re.sub(r"([/_])", r"\1<wbr>", shown) + "</code>"


def excerpt(text: str) -> str:
    """The first sentence of a comment, as plain text."""
    plain = re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL).strip().split("\n")[0]
    plain = html.unescape(re.sub(r"\\(\W|_)|[*`]|^[>#\s]+", r"\1", plain))
    return plain if len(plain) <= MOST_EXCERPT else plain[: MOST_EXCERPT - 1].rstrip() + "…"


def fence(
    self: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: Any
) -> str:
    """Renders a fenced block; a suggestion is shown as the change that it would make."""
    token = tokens[index]
    language = token.info.strip().split(" ")[0]
    if language == "suggestion":
        return suggestion(env.get("lines", ()), token.content)
    label = f' data-language="{html.escape(language)}"' if language else ""
    return f"<pre{label}><code>{html.escape(token.content, quote=False)}</code></pre>\n"


def suggestion(old: Sequence[str], new: str) -> str:
    """A suggestion block: the commented lines out, the suggested ones in."""
    rows = [row("removed", "-", line) for line in old]
    rows += [row("added", "+", line) for line in new.removesuffix("\n").split("\n") if new]
    body = "".join(rows)
    return (
        '<figure class="suggestion"><figcaption>Suggested change</figcaption>'
        f'<table class="diff"><tbody>{body}</tbody></table></figure>\n'
    )


def row(kind: str, sign: str, text: str) -> str:
    """One line of a suggestion."""
    code = html.escape(text, quote=False)
    return f'<tr class="{kind}"><td class="sign">{sign}</td><td class="code">{code}</td></tr>'
