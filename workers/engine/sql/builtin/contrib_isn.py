"""What the extension isn brings, as `extensions` reads it; from its catalogue."""

from __future__ import annotations

TEXTS = {
    "isn": r"""
types: ean13; isbn; isbn13; ismn; ismn13; issn; issn13; upc
functions: btean13cmp(ean13, ean13) integer; btean13cmp(ean13, isbn) integer; btean13cmp(ean13,
  isbn13) integer; btean13cmp(ean13, ismn) integer; btean13cmp(ean13, ismn13) integer;
  btean13cmp(ean13, issn) integer; btean13cmp(ean13, issn13) integer; btean13cmp(ean13, upc)
  integer; btisbn13cmp(isbn13, ean13) integer; btisbn13cmp(isbn13, isbn) integer;
  btisbn13cmp(isbn13, isbn13) integer; btisbncmp(isbn, ean13) integer; btisbncmp(isbn, isbn)
  integer; btisbncmp(isbn, isbn13) integer; btismn13cmp(ismn13, ean13) integer;
  btismn13cmp(ismn13, ismn) integer; btismn13cmp(ismn13, ismn13) integer; btismncmp(ismn, ean13)
  integer; btismncmp(ismn, ismn) integer; btismncmp(ismn, ismn13) integer; btissn13cmp(issn13,
  ean13) integer; btissn13cmp(issn13, issn) integer; btissn13cmp(issn13, issn13) integer;
  btissncmp(issn, ean13) integer; btissncmp(issn, issn) integer; btissncmp(issn, issn13)
  integer; btupccmp(upc, ean13) integer; btupccmp(upc, upc) integer; hashean13(ean13) integer;
  hashisbn(isbn) integer; hashisbn13(isbn13) integer; hashismn(ismn) integer; hashismn13(ismn13)
  integer; hashissn(issn) integer; hashissn13(issn13) integer; hashupc(upc) integer;
  is_valid(ean13) boolean; is_valid(isbn) boolean; is_valid(isbn13) boolean; is_valid(ismn)
  boolean; is_valid(ismn13) boolean; is_valid(issn) boolean; is_valid(issn13) boolean;
  is_valid(upc) boolean; isbn(ean13) isbn; isbn13(ean13) isbn13; ismn(ean13) ismn; ismn13(ean13)
  ismn13; isn_weak() boolean; isn_weak(boolean) boolean; isneq(ean13, ean13) boolean;
  isneq(ean13, isbn) boolean; isneq(ean13, isbn13) boolean; isneq(ean13, ismn) boolean;
  isneq(ean13, ismn13) boolean; isneq(ean13, issn) boolean; isneq(ean13, issn13) boolean;
  isneq(ean13, upc) boolean; isneq(isbn, ean13) boolean; isneq(isbn, isbn) boolean; isneq(isbn,
  isbn13) boolean; isneq(isbn13, ean13) boolean; isneq(isbn13, isbn) boolean; isneq(isbn13,
  isbn13) boolean; isneq(ismn, ean13) boolean; isneq(ismn, ismn) boolean; isneq(ismn, ismn13)
  boolean; isneq(ismn13, ean13) boolean; isneq(ismn13, ismn) boolean; isneq(ismn13, ismn13)
  boolean; isneq(issn, ean13) boolean; isneq(issn, issn) boolean; isneq(issn, issn13) boolean;
  isneq(issn13, ean13) boolean; isneq(issn13, issn) boolean; isneq(issn13, issn13) boolean;
  isneq(upc, ean13) boolean; isneq(upc, upc) boolean; isnge(ean13, ean13) boolean; isnge(ean13,
  isbn) boolean; isnge(ean13, isbn13) boolean; isnge(ean13, ismn) boolean; isnge(ean13, ismn13)
  boolean; isnge(ean13, issn) boolean; isnge(ean13, issn13) boolean; isnge(ean13, upc) boolean;
  isnge(isbn, ean13) boolean; isnge(isbn, isbn) boolean; isnge(isbn, isbn13) boolean;
  isnge(isbn13, ean13) boolean; isnge(isbn13, isbn) boolean; isnge(isbn13, isbn13) boolean;
  isnge(ismn, ean13) boolean; isnge(ismn, ismn) boolean; isnge(ismn, ismn13) boolean;
  isnge(ismn13, ean13) boolean; isnge(ismn13, ismn) boolean; isnge(ismn13, ismn13) boolean;
  isnge(issn, ean13) boolean; isnge(issn, issn) boolean; isnge(issn, issn13) boolean;
  isnge(issn13, ean13) boolean; isnge(issn13, issn) boolean; isnge(issn13, issn13) boolean;
  isnge(upc, ean13) boolean; isnge(upc, upc) boolean; isngt(ean13, ean13) boolean; isngt(ean13,
  isbn) boolean; isngt(ean13, isbn13) boolean; isngt(ean13, ismn) boolean; isngt(ean13, ismn13)
  boolean; isngt(ean13, issn) boolean; isngt(ean13, issn13) boolean; isngt(ean13, upc) boolean;
  isngt(isbn, ean13) boolean; isngt(isbn, isbn) boolean; isngt(isbn, isbn13) boolean;
  isngt(isbn13, ean13) boolean; isngt(isbn13, isbn) boolean; isngt(isbn13, isbn13) boolean;
  isngt(ismn, ean13) boolean; isngt(ismn, ismn) boolean; isngt(ismn, ismn13) boolean;
  isngt(ismn13, ean13) boolean; isngt(ismn13, ismn) boolean; isngt(ismn13, ismn13) boolean;
  isngt(issn, ean13) boolean; isngt(issn, issn) boolean; isngt(issn, issn13) boolean;
  isngt(issn13, ean13) boolean; isngt(issn13, issn) boolean; isngt(issn13, issn13) boolean;
  isngt(upc, ean13) boolean; isngt(upc, upc) boolean; isnle(ean13, ean13) boolean; isnle(ean13,
  isbn) boolean; isnle(ean13, isbn13) boolean; isnle(ean13, ismn) boolean; isnle(ean13, ismn13)
  boolean; isnle(ean13, issn) boolean; isnle(ean13, issn13) boolean; isnle(ean13, upc) boolean;
  isnle(isbn, ean13) boolean; isnle(isbn, isbn) boolean; isnle(isbn, isbn13) boolean;
  isnle(isbn13, ean13) boolean; isnle(isbn13, isbn) boolean; isnle(isbn13, isbn13) boolean;
  isnle(ismn, ean13) boolean; isnle(ismn, ismn) boolean; isnle(ismn, ismn13) boolean;
  isnle(ismn13, ean13) boolean; isnle(ismn13, ismn) boolean; isnle(ismn13, ismn13) boolean;
  isnle(issn, ean13) boolean; isnle(issn, issn) boolean; isnle(issn, issn13) boolean;
  isnle(issn13, ean13) boolean; isnle(issn13, issn) boolean; isnle(issn13, issn13) boolean;
  isnle(upc, ean13) boolean; isnle(upc, upc) boolean; isnlt(ean13, ean13) boolean; isnlt(ean13,
  isbn) boolean; isnlt(ean13, isbn13) boolean; isnlt(ean13, ismn) boolean; isnlt(ean13, ismn13)
  boolean; isnlt(ean13, issn) boolean; isnlt(ean13, issn13) boolean; isnlt(ean13, upc) boolean;
  isnlt(isbn, ean13) boolean; isnlt(isbn, isbn) boolean; isnlt(isbn, isbn13) boolean;
  isnlt(isbn13, ean13) boolean; isnlt(isbn13, isbn) boolean; isnlt(isbn13, isbn13) boolean;
  isnlt(ismn, ean13) boolean; isnlt(ismn, ismn) boolean; isnlt(ismn, ismn13) boolean;
  isnlt(ismn13, ean13) boolean; isnlt(ismn13, ismn) boolean; isnlt(ismn13, ismn13) boolean;
  isnlt(issn, ean13) boolean; isnlt(issn, issn) boolean; isnlt(issn, issn13) boolean;
  isnlt(issn13, ean13) boolean; isnlt(issn13, issn) boolean; isnlt(issn13, issn13) boolean;
  isnlt(upc, ean13) boolean; isnlt(upc, upc) boolean; isnne(ean13, ean13) boolean; isnne(ean13,
  isbn) boolean; isnne(ean13, isbn13) boolean; isnne(ean13, ismn) boolean; isnne(ean13, ismn13)
  boolean; isnne(ean13, issn) boolean; isnne(ean13, issn13) boolean; isnne(ean13, upc) boolean;
  isnne(isbn, ean13) boolean; isnne(isbn, isbn) boolean; isnne(isbn, isbn13) boolean;
  isnne(isbn13, ean13) boolean; isnne(isbn13, isbn) boolean; isnne(isbn13, isbn13) boolean;
  isnne(ismn, ean13) boolean; isnne(ismn, ismn) boolean; isnne(ismn, ismn13) boolean;
  isnne(ismn13, ean13) boolean; isnne(ismn13, ismn) boolean; isnne(ismn13, ismn13) boolean;
  isnne(issn, ean13) boolean; isnne(issn, issn) boolean; isnne(issn, issn13) boolean;
  isnne(issn13, ean13) boolean; isnne(issn13, issn) boolean; isnne(issn13, issn13) boolean;
  isnne(upc, ean13) boolean; isnne(upc, upc) boolean; issn(ean13) issn; issn13(ean13) issn13;
  make_valid(ean13) ean13; make_valid(isbn) isbn; make_valid(isbn13) isbn13; make_valid(ismn)
  ismn; make_valid(ismn13) ismn13; make_valid(issn) issn; make_valid(issn13) issn13;
  make_valid(upc) upc; upc(ean13) upc
operators: ean13 < ean13 boolean; ean13 < isbn boolean; ean13 < isbn13 boolean; ean13 < ismn
  boolean; ean13 < ismn13 boolean; ean13 < issn boolean; ean13 < issn13 boolean; ean13 < upc
  boolean; isbn < ean13 boolean; isbn < isbn boolean; isbn < isbn13 boolean; isbn13 < ean13
  boolean; isbn13 < isbn boolean; isbn13 < isbn13 boolean; ismn < ean13 boolean; ismn < ismn
  boolean; ismn < ismn13 boolean; ismn13 < ean13 boolean; ismn13 < ismn boolean; ismn13 < ismn13
  boolean; issn < ean13 boolean; issn < issn boolean; issn < issn13 boolean; issn13 < ean13
  boolean; issn13 < issn boolean; issn13 < issn13 boolean; upc < ean13 boolean; upc < upc
  boolean; ean13 <= ean13 boolean; ean13 <= isbn boolean; ean13 <= isbn13 boolean; ean13 <= ismn
  boolean; ean13 <= ismn13 boolean; ean13 <= issn boolean; ean13 <= issn13 boolean; ean13 <= upc
  boolean; isbn <= ean13 boolean; isbn <= isbn boolean; isbn <= isbn13 boolean; isbn13 <= ean13
  boolean; isbn13 <= isbn boolean; isbn13 <= isbn13 boolean; ismn <= ean13 boolean; ismn <= ismn
  boolean; ismn <= ismn13 boolean; ismn13 <= ean13 boolean; ismn13 <= ismn boolean; ismn13 <=
  ismn13 boolean; issn <= ean13 boolean; issn <= issn boolean; issn <= issn13 boolean; issn13 <=
  ean13 boolean; issn13 <= issn boolean; issn13 <= issn13 boolean; upc <= ean13 boolean; upc <=
  upc boolean; ean13 <> ean13 boolean; ean13 <> isbn boolean; ean13 <> isbn13 boolean; ean13 <>
  ismn boolean; ean13 <> ismn13 boolean; ean13 <> issn boolean; ean13 <> issn13 boolean; ean13
  <> upc boolean; isbn <> ean13 boolean; isbn <> isbn boolean; isbn <> isbn13 boolean; isbn13 <>
  ean13 boolean; isbn13 <> isbn boolean; isbn13 <> isbn13 boolean; ismn <> ean13 boolean; ismn
  <> ismn boolean; ismn <> ismn13 boolean; ismn13 <> ean13 boolean; ismn13 <> ismn boolean;
  ismn13 <> ismn13 boolean; issn <> ean13 boolean; issn <> issn boolean; issn <> issn13 boolean;
  issn13 <> ean13 boolean; issn13 <> issn boolean; issn13 <> issn13 boolean; upc <> ean13
  boolean; upc <> upc boolean; ean13 = ean13 boolean; ean13 = isbn boolean; ean13 = isbn13
  boolean; ean13 = ismn boolean; ean13 = ismn13 boolean; ean13 = issn boolean; ean13 = issn13
  boolean; ean13 = upc boolean; isbn = ean13 boolean; isbn = isbn boolean; isbn = isbn13
  boolean; isbn13 = ean13 boolean; isbn13 = isbn boolean; isbn13 = isbn13 boolean; ismn = ean13
  boolean; ismn = ismn boolean; ismn = ismn13 boolean; ismn13 = ean13 boolean; ismn13 = ismn
  boolean; ismn13 = ismn13 boolean; issn = ean13 boolean; issn = issn boolean; issn = issn13
  boolean; issn13 = ean13 boolean; issn13 = issn boolean; issn13 = issn13 boolean; upc = ean13
  boolean; upc = upc boolean; ean13 > ean13 boolean; ean13 > isbn boolean; ean13 > isbn13
  boolean; ean13 > ismn boolean; ean13 > ismn13 boolean; ean13 > issn boolean; ean13 > issn13
  boolean; ean13 > upc boolean; isbn > ean13 boolean; isbn > isbn boolean; isbn > isbn13
  boolean; isbn13 > ean13 boolean; isbn13 > isbn boolean; isbn13 > isbn13 boolean; ismn > ean13
  boolean; ismn > ismn boolean; ismn > ismn13 boolean; ismn13 > ean13 boolean; ismn13 > ismn
  boolean; ismn13 > ismn13 boolean; issn > ean13 boolean; issn > issn boolean; issn > issn13
  boolean; issn13 > ean13 boolean; issn13 > issn boolean; issn13 > issn13 boolean; upc > ean13
  boolean; upc > upc boolean; ean13 >= ean13 boolean; ean13 >= isbn boolean; ean13 >= isbn13
  boolean; ean13 >= ismn boolean; ean13 >= ismn13 boolean; ean13 >= issn boolean; ean13 >=
  issn13 boolean; ean13 >= upc boolean; isbn >= ean13 boolean; isbn >= isbn boolean; isbn >=
  isbn13 boolean; isbn13 >= ean13 boolean; isbn13 >= isbn boolean; isbn13 >= isbn13 boolean;
  ismn >= ean13 boolean; ismn >= ismn boolean; ismn >= ismn13 boolean; ismn13 >= ean13 boolean;
  ismn13 >= ismn boolean; ismn13 >= ismn13 boolean; issn >= ean13 boolean; issn >= issn boolean;
  issn >= issn13 boolean; issn13 >= ean13 boolean; issn13 >= issn boolean; issn13 >= issn13
  boolean; upc >= ean13 boolean; upc >= upc boolean
classes: btree ean13_ops ean13; btree isbn13_ops isbn13; btree isbn_ops isbn; btree ismn13_ops
  ismn13; btree ismn_ops ismn; btree issn13_ops issn13; btree issn_ops issn; btree upc_ops upc;
  hash ean13_ops ean13; hash isbn13_ops isbn13; hash isbn_ops isbn; hash ismn13_ops ismn13; hash
  ismn_ops ismn; hash issn13_ops issn13; hash issn_ops issn; hash upc_ops upc
casts: ean13 > isbn e; ean13 > isbn13 e; ean13 > ismn e; ean13 > ismn13 e; ean13 > issn e; ean13
  > issn13 e; ean13 > upc e; isbn > ean13 a; isbn > isbn13 a; isbn13 > ean13 a; isbn13 > isbn a;
  ismn > ean13 a; ismn > ismn13 a; ismn13 > ean13 a; ismn13 > ismn a; issn > ean13 a; issn >
  issn13 a; issn13 > ean13 a; issn13 > issn a; upc > ean13 a
""",
}
