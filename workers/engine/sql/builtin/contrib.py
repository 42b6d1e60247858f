"""What PostgreSQL 15's own extensions bring, as `extensions` reads it; from their catalogues."""

from __future__ import annotations

TEXTS = {
    "adminpack": r"""
schema: pg_catalog
functions: pg_file_rename(text, text) boolean; pg_file_rename(text, text, text) boolean;
  pg_file_sync(text) void; pg_file_unlink(text) boolean; pg_file_write(text, text, boolean)
  bigint; pg_logdir_ls() SETOF record
""",
    "amcheck": r"""
functions: bt_index_check(regclass) void; bt_index_check(regclass, boolean) void;
  bt_index_parent_check(regclass) void; bt_index_parent_check(regclass, boolean) void;
  bt_index_parent_check(regclass, boolean, boolean) void; verify_heapam(regclass, boolean,
  boolean, text, bigint, bigint) SETOF record
""",
    "autoinc": r"""
functions: autoinc() trigger
""",
    "bloom": r"""
classes: bloom int4_ops integer; bloom text_ops text
methods: bloom
""",
    "btree_gin": r"""
functions: gin_enum_cmp(anyenum, anyenum) integer; gin_numeric_cmp(numeric, numeric) integer
classes: gin bit_ops bit; gin bool_ops boolean; gin bpchar_ops character; gin bytea_ops bytea;
  gin char_ops "char"; gin cidr_ops cidr; gin date_ops date; gin enum_ops anyenum; gin
  float4_ops real; gin float8_ops double precision; gin inet_ops inet; gin int2_ops smallint;
  gin int4_ops integer; gin int8_ops bigint; gin interval_ops interval; gin macaddr8_ops
  macaddr8; gin macaddr_ops macaddr; gin money_ops money; gin name_ops name; gin numeric_ops
  numeric; gin oid_ops oid; gin text_ops text; gin time_ops time without time zone; gin
  timestamp_ops timestamp without time zone; gin timestamptz_ops timestamp with time zone; gin
  timetz_ops time with time zone; gin uuid_ops uuid; gin varbit_ops bit varying; gin varchar_ops
  character varying
""",
    "btree_gist": r"""
types: gbtreekey16; gbtreekey2; gbtreekey32; gbtreekey4; gbtreekey8; gbtreekey_var
functions: cash_dist(money, money) money; date_dist(date, date) integer; float4_dist(real, real)
  real; float8_dist(double precision, double precision) double precision; int2_dist(smallint,
  smallint) smallint; int4_dist(integer, integer) integer; int8_dist(bigint, bigint) bigint;
  interval_dist(interval, interval) interval; oid_dist(oid, oid) oid; time_dist(time without
  time zone, time without time zone) interval; ts_dist(timestamp without time zone, timestamp
  without time zone) interval; tstz_dist(timestamp with time zone, timestamp with time zone)
  interval
operators: bigint <-> bigint bigint; date <-> date integer; double precision <-> double
  precision double precision; integer <-> integer integer; interval <-> interval interval; money
  <-> money money; oid <-> oid oid; real <-> real real; smallint <-> smallint smallint; time
  without time zone <-> time without time zone interval; timestamp with time zone <-> timestamp
  with time zone interval; timestamp without time zone <-> timestamp without time zone interval
classes: gist gist_bit_ops bit; gist gist_bool_ops boolean; gist gist_bpchar_ops character; gist
  gist_bytea_ops bytea; gist gist_cash_ops money; gist gist_cidr_ops cidr; gist gist_date_ops
  date; gist gist_enum_ops anyenum; gist gist_float4_ops real; gist gist_float8_ops double
  precision; gist gist_inet_ops inet; gist gist_int2_ops smallint; gist gist_int4_ops integer;
  gist gist_int8_ops bigint; gist gist_interval_ops interval; gist gist_macaddr8_ops macaddr8;
  gist gist_macaddr_ops macaddr; gist gist_numeric_ops numeric; gist gist_oid_ops oid; gist
  gist_text_ops text; gist gist_time_ops time without time zone; gist gist_timestamp_ops
  timestamp without time zone; gist gist_timestamptz_ops timestamp with time zone; gist
  gist_timetz_ops time with time zone; gist gist_uuid_ops uuid; gist gist_vbit_ops bit varying
""",
    "citext": r"""
types: citext
functions: citext(boolean) citext; citext(character) citext; citext(inet) citext;
  citext_cmp(citext, citext) integer; citext_eq(citext, citext) boolean; citext_ge(citext,
  citext) boolean; citext_gt(citext, citext) boolean; citext_hash(citext) integer;
  citext_hash_extended(citext, bigint) bigint; citext_larger(citext, citext) citext;
  citext_le(citext, citext) boolean; citext_lt(citext, citext) boolean; citext_ne(citext,
  citext) boolean; citext_pattern_cmp(citext, citext) integer; citext_pattern_ge(citext, citext)
  boolean; citext_pattern_gt(citext, citext) boolean; citext_pattern_le(citext, citext) boolean;
  citext_pattern_lt(citext, citext) boolean; citext_smaller(citext, citext) citext;
  citextsend(citext) bytea; aggregate max(citext) citext; aggregate min(citext) citext;
  regexp_match(citext, citext) text[]; regexp_match(citext, citext, text) text[];
  regexp_matches(citext, citext) SETOF text[]; regexp_matches(citext, citext, text) SETOF
  text[]; regexp_replace(citext, citext, text) text; regexp_replace(citext, citext, text, text)
  text; regexp_split_to_array(citext, citext) text[]; regexp_split_to_array(citext, citext,
  text) text[]; regexp_split_to_table(citext, citext) SETOF text; regexp_split_to_table(citext,
  citext, text) SETOF text; replace(citext, citext, citext) text; split_part(citext, citext,
  integer) text; strpos(citext, citext) integer; texticlike(citext, citext) boolean;
  texticlike(citext, text) boolean; texticnlike(citext, citext) boolean; texticnlike(citext,
  text) boolean; texticregexeq(citext, citext) boolean; texticregexeq(citext, text) boolean;
  texticregexne(citext, citext) boolean; texticregexne(citext, text) boolean; translate(citext,
  citext, text) text
operators: citext !~ citext boolean; citext !~ text boolean; citext !~* citext boolean; citext
  !~* text boolean; citext !~~ citext boolean; citext !~~ text boolean; citext !~~* citext
  boolean; citext !~~* text boolean; citext < citext boolean; citext <= citext boolean; citext
  <> citext boolean; citext = citext boolean; citext > citext boolean; citext >= citext boolean;
  citext ~ citext boolean; citext ~ text boolean; citext ~* citext boolean; citext ~* text
  boolean; citext ~<=~ citext boolean; citext ~<~ citext boolean; citext ~>=~ citext boolean;
  citext ~>~ citext boolean; citext ~~ citext boolean; citext ~~ text boolean; citext ~~* citext
  boolean; citext ~~* text boolean
classes: btree citext_ops citext; btree citext_pattern_ops; hash citext_ops citext
casts: boolean > citext a; character > citext a; character varying > citext a; citext >
  character a; citext > character varying i; citext > text i; inet > citext a; text > citext a
""",
    "cube": r"""
types: cube
functions: cube(cube, double precision) cube; cube(cube, double precision, double precision)
  cube; cube(double precision) cube; cube(double precision, double precision) cube; cube(double
  precision[]) cube; cube(double precision[], double precision[]) cube; cube_cmp(cube, cube)
  integer; cube_contained(cube, cube) boolean; cube_contains(cube, cube) boolean;
  cube_coord(cube, integer) double precision; cube_coord_llur(cube, integer) double precision;
  cube_dim(cube) integer; cube_distance(cube, cube) double precision; cube_enlarge(cube, double
  precision, integer) cube; cube_eq(cube, cube) boolean; cube_ge(cube, cube) boolean;
  cube_gt(cube, cube) boolean; cube_inter(cube, cube) cube; cube_is_point(cube) boolean;
  cube_le(cube, cube) boolean; cube_ll_coord(cube, integer) double precision; cube_lt(cube,
  cube) boolean; cube_ne(cube, cube) boolean; cube_overlap(cube, cube) boolean; cube_send(cube)
  bytea; cube_size(cube) double precision; cube_subset(cube, integer[]) cube; cube_union(cube,
  cube) cube; cube_ur_coord(cube, integer) double precision; distance_chebyshev(cube, cube)
  double precision; distance_taxicab(cube, cube) double precision
operators: cube && cube boolean; cube -> integer double precision; cube < cube boolean; cube <#>
  cube double precision; cube <-> cube double precision; cube <= cube boolean; cube <=> cube
  double precision; cube <> cube boolean; cube <@ cube boolean; cube = cube boolean; cube > cube
  boolean; cube >= cube boolean; cube @> cube boolean; cube ~> integer double precision
classes: btree cube_ops cube; gist gist_cube_ops cube
""",
    "dblink": r"""
types: dblink_pkey_results
functions: dblink(text) SETOF record; dblink(text, boolean) SETOF record; dblink(text, text)
  SETOF record; dblink(text, text, boolean) SETOF record; dblink_build_sql_delete(text,
  int2vector, integer, text[]) text; dblink_build_sql_insert(text, int2vector, integer, text[],
  text[]) text; dblink_build_sql_update(text, int2vector, integer, text[], text[]) text;
  dblink_cancel_query(text) text; dblink_close(text) text; dblink_close(text, boolean) text;
  dblink_close(text, text) text; dblink_close(text, text, boolean) text; dblink_connect(text)
  text; dblink_connect(text, text) text; dblink_connect_u(text) text; dblink_connect_u(text,
  text) text; dblink_current_query() text; dblink_disconnect() text; dblink_disconnect(text)
  text; dblink_error_message(text) text; dblink_exec(text) text; dblink_exec(text, boolean)
  text; dblink_exec(text, text) text; dblink_exec(text, text, boolean) text;
  dblink_fdw_validator(text[], oid) void; dblink_fetch(text, integer) SETOF record;
  dblink_fetch(text, integer, boolean) SETOF record; dblink_fetch(text, text, integer) SETOF
  record; dblink_fetch(text, text, integer, boolean) SETOF record; dblink_get_connections()
  text[]; dblink_get_notify() SETOF record; dblink_get_notify(text) SETOF record;
  dblink_get_pkey(text) SETOF dblink_pkey_results; dblink_get_result(text) SETOF record;
  dblink_get_result(text, boolean) SETOF record; dblink_is_busy(text) integer; dblink_open(text,
  text) text; dblink_open(text, text, boolean) text; dblink_open(text, text, text) text;
  dblink_open(text, text, text, boolean) text; dblink_send_query(text, text) integer
""",
    "dict_int": "",
    "dict_xsyn": "",
    "earthdistance": r"""
requires: cube
types: earth
functions: earth() double precision; earth_box(earth, double precision) cube;
  earth_distance(earth, earth) double precision; gc_to_sec(double precision) double precision;
  geo_distance(point, point) double precision; latitude(earth) double precision;
  ll_to_earth(double precision, double precision) earth; longitude(earth) double precision;
  sec_to_gc(double precision) double precision
operators: point <@> point double precision
""",
    "file_fdw": r"""
functions: file_fdw_handler() fdw_handler; file_fdw_validator(text[], oid) void
""",
    "fuzzystrmatch": r"""
functions: difference(text, text) integer; dmetaphone(text) text; dmetaphone_alt(text) text;
  levenshtein(text, text) integer; levenshtein(text, text, integer, integer, integer) integer;
  levenshtein_less_equal(text, text, integer) integer; levenshtein_less_equal(text, text,
  integer, integer, integer, integer) integer; metaphone(text, integer) text; soundex(text)
  text; text_soundex(text) text
""",
    "hstore": r"""
types: ghstore; hstore
functions: akeys(hstore) text[]; avals(hstore) text[]; defined(hstore, text) boolean;
  delete(hstore, hstore) hstore; delete(hstore, text) hstore; delete(hstore, text[]) hstore;
  each(hstore) SETOF record; exist(hstore, text) boolean; exists_all(hstore, text[]) boolean;
  exists_any(hstore, text[]) boolean; fetchval(hstore, text) text; hs_concat(hstore, hstore)
  hstore; hs_contained(hstore, hstore) boolean; hs_contains(hstore, hstore) boolean;
  hstore(record) hstore; hstore(text, text) hstore; hstore(text[]) hstore; hstore(text[],
  text[]) hstore; hstore_cmp(hstore, hstore) integer; hstore_eq(hstore, hstore) boolean;
  hstore_ge(hstore, hstore) boolean; hstore_gt(hstore, hstore) boolean; hstore_hash(hstore)
  integer; hstore_hash_extended(hstore, bigint) bigint; hstore_le(hstore, hstore) boolean;
  hstore_lt(hstore, hstore) boolean; hstore_ne(hstore, hstore) boolean; hstore_send(hstore)
  bytea; hstore_to_array(hstore) text[]; hstore_to_json(hstore) json;
  hstore_to_json_loose(hstore) json; hstore_to_jsonb(hstore) jsonb;
  hstore_to_jsonb_loose(hstore) jsonb; hstore_to_matrix(hstore) text[];
  hstore_version_diag(hstore) integer; isdefined(hstore, text) boolean; isexists(hstore, text)
  boolean; populate_record(anyelement, hstore) anyelement; skeys(hstore) SETOF text;
  slice(hstore, text[]) hstore; slice_array(hstore, text[]) text[]; svals(hstore) SETOF text;
  tconvert(text, text) hstore
operators: hstore #<# hstore boolean; hstore #<=# hstore boolean; anyelement #= hstore
  anyelement; hstore #># hstore boolean; hstore #>=# hstore boolean; - %# hstore text[]; - %%
  hstore text[]; hstore - hstore hstore; hstore - text hstore; hstore - text[] hstore; hstore ->
  text text; hstore -> text[] text[]; hstore <> hstore boolean; hstore <@ hstore boolean; hstore
  = hstore boolean; hstore ? text boolean; hstore ?& text[] boolean; hstore ?| text[] boolean;
  hstore @> hstore boolean; hstore || hstore hstore
classes: btree btree_hstore_ops hstore; gin gin_hstore_ops hstore; gist gist_hstore_ops hstore;
  hash hash_hstore_ops hstore
casts: hstore > json e; hstore > jsonb e; text[] > hstore e
""",
    "insert_username": r"""
functions: insert_username() trigger
""",
    "intarray": r"""
types: intbig_gkey; query_int
functions: _int_contained(integer[], integer[]) boolean; _int_contains(integer[], integer[])
  boolean; _int_different(integer[], integer[]) boolean; _int_inter(integer[], integer[])
  integer[]; _int_overlap(integer[], integer[]) boolean; _int_same(integer[], integer[])
  boolean; _int_union(integer[], integer[]) integer[]; boolop(integer[], query_int) boolean;
  icount(integer[]) integer; idx(integer[], integer) integer; intarray_del_elem(integer[],
  integer) integer[]; intarray_push_array(integer[], integer[]) integer[];
  intarray_push_elem(integer[], integer) integer[]; intset(integer) integer[];
  intset_subtract(integer[], integer[]) integer[]; intset_union_elem(integer[], integer)
  integer[]; querytree(query_int) text; rboolop(query_int, integer[]) boolean; sort(integer[])
  integer[]; sort(integer[], text) integer[]; sort_asc(integer[]) integer[];
  sort_desc(integer[]) integer[]; subarray(integer[], integer) integer[]; subarray(integer[],
  integer, integer) integer[]; uniq(integer[]) integer[]
operators: - # integer[] integer; integer[] # integer integer; integer[] & integer[] integer[];
  integer[] && integer[] boolean; integer[] + integer integer[]; integer[] + integer[]
  integer[]; integer[] - integer integer[]; integer[] - integer[] integer[]; integer[] <@
  integer[] boolean; integer[] @> integer[] boolean; integer[] @@ query_int boolean; integer[] |
  integer integer[]; integer[] | integer[] integer[]; query_int ~~ integer[] boolean
classes: gin gin__int_ops; gist gist__int_ops integer[]; gist gist__intbig_ops
""",
    "lo": r"""
types: lo
functions: lo_manage() trigger; lo_oid(lo) oid
""",
    "ltree": r"""
types: lquery; ltree; ltree_gist; ltxtquery
functions: _lt_q_regex(ltree[], lquery[]) boolean; _lt_q_rregex(lquery[], ltree[]) boolean;
  _ltq_extract_regex(ltree[], lquery) ltree; _ltq_regex(ltree[], lquery) boolean;
  _ltq_rregex(lquery, ltree[]) boolean; _ltree_extract_isparent(ltree[], ltree) ltree;
  _ltree_extract_risparent(ltree[], ltree) ltree; _ltree_isparent(ltree[], ltree) boolean;
  _ltree_r_isparent(ltree, ltree[]) boolean; _ltree_r_risparent(ltree, ltree[]) boolean;
  _ltree_risparent(ltree[], ltree) boolean; _ltxtq_exec(ltree[], ltxtquery) boolean;
  _ltxtq_extract_exec(ltree[], ltxtquery) ltree; _ltxtq_rexec(ltxtquery, ltree[]) boolean;
  index(ltree, ltree) integer; index(ltree, ltree, integer) integer; lca(ltree, ltree) ltree;
  lca(ltree, ltree, ltree) ltree; lca(ltree, ltree, ltree, ltree) ltree; lca(ltree, ltree,
  ltree, ltree, ltree) ltree; lca(ltree, ltree, ltree, ltree, ltree, ltree) ltree; lca(ltree,
  ltree, ltree, ltree, ltree, ltree, ltree) ltree; lca(ltree, ltree, ltree, ltree, ltree, ltree,
  ltree, ltree) ltree; lca(ltree[]) ltree; lquery_send(lquery) bytea; lt_q_regex(ltree,
  lquery[]) boolean; lt_q_rregex(lquery[], ltree) boolean; ltq_regex(ltree, lquery) boolean;
  ltq_rregex(lquery, ltree) boolean; ltree2text(ltree) text; ltree_addltree(ltree, ltree) ltree;
  ltree_addtext(ltree, text) ltree; ltree_cmp(ltree, ltree) integer; ltree_eq(ltree, ltree)
  boolean; ltree_ge(ltree, ltree) boolean; ltree_gt(ltree, ltree) boolean; ltree_isparent(ltree,
  ltree) boolean; ltree_le(ltree, ltree) boolean; ltree_lt(ltree, ltree) boolean;
  ltree_ne(ltree, ltree) boolean; ltree_risparent(ltree, ltree) boolean; ltree_send(ltree)
  bytea; ltree_textadd(text, ltree) ltree; ltxtq_exec(ltree, ltxtquery) boolean;
  ltxtq_rexec(ltxtquery, ltree) boolean; ltxtq_send(ltxtquery) bytea; nlevel(ltree) integer;
  subltree(ltree, integer, integer) ltree; subpath(ltree, integer) ltree; subpath(ltree,
  integer, integer) ltree; text2ltree(text) ltree
operators: ltree < ltree boolean; ltree <= ltree boolean; ltree <> ltree boolean; ltree <@ ltree
  boolean; ltree <@ ltree[] boolean; ltree[] <@ ltree boolean; ltree = ltree boolean; ltree >
  ltree boolean; ltree >= ltree boolean; lquery[] ? ltree boolean; lquery[] ? ltree[] boolean;
  ltree ? lquery[] boolean; ltree[] ? lquery[] boolean; ltree[] ?<@ ltree ltree; ltree[] ?@
  ltxtquery ltree; ltree[] ?@> ltree ltree; ltree[] ?~ lquery ltree; ltree @ ltxtquery boolean;
  ltree[] @ ltxtquery boolean; ltxtquery @ ltree boolean; ltxtquery @ ltree[] boolean; ltree @>
  ltree boolean; ltree @> ltree[] boolean; ltree[] @> ltree boolean; ltree ^<@ ltree boolean;
  ltree ^<@ ltree[] boolean; ltree[] ^<@ ltree boolean; lquery[] ^? ltree boolean; lquery[] ^?
  ltree[] boolean; ltree ^? lquery[] boolean; ltree[] ^? lquery[] boolean; ltree ^@ ltxtquery
  boolean; ltree[] ^@ ltxtquery boolean; ltxtquery ^@ ltree boolean; ltxtquery ^@ ltree[]
  boolean; ltree ^@> ltree boolean; ltree ^@> ltree[] boolean; ltree[] ^@> ltree boolean; lquery
  ^~ ltree boolean; lquery ^~ ltree[] boolean; ltree ^~ lquery boolean; ltree[] ^~ lquery
  boolean; ltree || ltree ltree; ltree || text ltree; text || ltree ltree; lquery ~ ltree
  boolean; lquery ~ ltree[] boolean; ltree ~ lquery boolean; ltree[] ~ lquery boolean
classes: btree ltree_ops ltree; gist gist__ltree_ops ltree[]; gist gist_ltree_ops ltree
""",
    "moddatetime": r"""
functions: moddatetime() trigger
""",
    "old_snapshot": r"""
functions: pg_old_snapshot_time_mapping() SETOF record
""",
    "pageinspect": r"""
functions: brin_metapage_info(bytea) record; brin_page_items(bytea, regclass) SETOF record;
  brin_page_type(bytea) text; brin_revmap_data(bytea) SETOF tid; bt_metap(text) record;
  bt_page_items(bytea) SETOF record; bt_page_items(text, bigint) SETOF record;
  bt_page_stats(text, bigint) record; fsm_page_contents(bytea) text; get_raw_page(text, bigint)
  bytea; get_raw_page(text, text, bigint) bytea; gin_leafpage_items(bytea) SETOF record;
  gin_metapage_info(bytea) record; gin_page_opaque_info(bytea) record; gist_page_items(bytea,
  regclass) SETOF record; gist_page_items_bytea(bytea) SETOF record;
  gist_page_opaque_info(bytea) record; hash_bitmap_info(regclass, bigint) SETOF record;
  hash_metapage_info(bytea) record; hash_page_items(bytea) SETOF record; hash_page_stats(bytea)
  record; hash_page_type(bytea) text; heap_page_item_attrs(bytea, regclass) SETOF record;
  heap_page_item_attrs(bytea, regclass, boolean) SETOF record; heap_page_items(bytea) SETOF
  record; heap_tuple_infomask_flags(integer, integer) record; page_checksum(bytea, bigint)
  smallint; page_header(bytea) record; tuple_data_split(oid, bytea, integer, integer, text)
  bytea[]; tuple_data_split(oid, bytea, integer, integer, text, boolean) bytea[]
""",
    "pg_buffercache": r"""
functions: pg_buffercache_pages() SETOF record
relations: pg_buffercache
""",
    "pg_freespacemap": r"""
functions: pg_freespace(regclass) SETOF record; pg_freespace(regclass, bigint) smallint
""",
    "pg_prewarm": r"""
functions: autoprewarm_dump_now() bigint; autoprewarm_start_worker() void; pg_prewarm(regclass,
  text, text, bigint, bigint) bigint
""",
    "pg_stat_statements": r"""
functions: pg_stat_statements(boolean) SETOF record; pg_stat_statements_info() record;
  pg_stat_statements_reset(oid, oid, bigint) void
relations: pg_stat_statements_info; pg_stat_statements
""",
    "pg_surgery": r"""
functions: heap_force_freeze(regclass, tid[]) void; heap_force_kill(regclass, tid[]) void
""",
    "pg_trgm": r"""
types: gtrgm
functions: set_limit(real) real; show_limit() real; show_trgm(text) text[]; similarity(text,
  text) real; similarity_dist(text, text) real; similarity_op(text, text) boolean;
  strict_word_similarity(text, text) real; strict_word_similarity_commutator_op(text, text)
  boolean; strict_word_similarity_dist_commutator_op(text, text) real;
  strict_word_similarity_dist_op(text, text) real; strict_word_similarity_op(text, text)
  boolean; word_similarity(text, text) real; word_similarity_commutator_op(text, text) boolean;
  word_similarity_dist_commutator_op(text, text) real; word_similarity_dist_op(text, text) real;
  word_similarity_op(text, text) boolean
operators: text % text boolean; text %> text boolean; text %>> text boolean; text <% text
  boolean; text <-> text real; text <->> text real; text <->>> text real; text <<% text boolean;
  text <<-> text real; text <<<-> text real
classes: gin gin_trgm_ops; gist gist_trgm_ops
""",
    "pg_visibility": r"""
functions: pg_check_frozen(regclass) SETOF tid; pg_check_visible(regclass) SETOF tid;
  pg_truncate_visibility_map(regclass) void; pg_visibility(regclass) SETOF record;
  pg_visibility(regclass, bigint) record; pg_visibility_map(regclass) SETOF record;
  pg_visibility_map(regclass, bigint) record; pg_visibility_map_summary(regclass) record
""",
    "pg_walinspect": r"""
functions: pg_get_wal_record_info(pg_lsn) record; pg_get_wal_records_info(pg_lsn, pg_lsn) SETOF
  record; pg_get_wal_records_info_till_end_of_wal(pg_lsn) SETOF record; pg_get_wal_stats(pg_lsn,
  pg_lsn, boolean) SETOF record; pg_get_wal_stats_till_end_of_wal(pg_lsn, boolean) SETOF record
""",
    "pgcrypto": r"""
functions: armor(bytea) text; armor(bytea, text[], text[]) text; crypt(text, text) text;
  dearmor(text) bytea; decrypt(bytea, bytea, text) bytea; decrypt_iv(bytea, bytea, bytea, text)
  bytea; digest(bytea, text) bytea; digest(text, text) bytea; encrypt(bytea, bytea, text) bytea;
  encrypt_iv(bytea, bytea, bytea, text) bytea; gen_random_bytes(integer) bytea;
  gen_random_uuid() uuid; gen_salt(text) text; gen_salt(text, integer) text; hmac(bytea, bytea,
  text) bytea; hmac(text, text, text) bytea; pgp_armor_headers(text) SETOF record;
  pgp_key_id(bytea) text; pgp_pub_decrypt(bytea, bytea) text; pgp_pub_decrypt(bytea, bytea,
  text) text; pgp_pub_decrypt(bytea, bytea, text, text) text; pgp_pub_decrypt_bytea(bytea,
  bytea) bytea; pgp_pub_decrypt_bytea(bytea, bytea, text) bytea; pgp_pub_decrypt_bytea(bytea,
  bytea, text, text) bytea; pgp_pub_encrypt(text, bytea) bytea; pgp_pub_encrypt(text, bytea,
  text) bytea; pgp_pub_encrypt_bytea(bytea, bytea) bytea; pgp_pub_encrypt_bytea(bytea, bytea,
  text) bytea; pgp_sym_decrypt(bytea, text) text; pgp_sym_decrypt(bytea, text, text) text;
  pgp_sym_decrypt_bytea(bytea, text) bytea; pgp_sym_decrypt_bytea(bytea, text, text) bytea;
  pgp_sym_encrypt(text, text) bytea; pgp_sym_encrypt(text, text, text) bytea;
  pgp_sym_encrypt_bytea(bytea, text) bytea; pgp_sym_encrypt_bytea(bytea, text, text) bytea
""",
    "pgrowlocks": r"""
functions: pgrowlocks(text) SETOF record
""",
    "pgstattuple": r"""
functions: pg_relpages(regclass) bigint; pg_relpages(text) bigint; pgstatginindex(regclass)
  record; pgstathashindex(regclass) record; pgstatindex(regclass) record; pgstatindex(text)
  record; pgstattuple(regclass) record; pgstattuple(text) record; pgstattuple_approx(regclass)
  record
""",
    "postgres_fdw": r"""
functions: postgres_fdw_disconnect(text) boolean; postgres_fdw_disconnect_all() boolean;
  postgres_fdw_get_connections() SETOF record; postgres_fdw_handler() fdw_handler;
  postgres_fdw_validator(text[], oid) void
""",
    "refint": r"""
functions: check_foreign_key() trigger; check_primary_key() trigger
""",
    "seg": r"""
types: seg
functions: seg_center(seg) real; seg_cmp(seg, seg) integer; seg_contained(seg, seg) boolean;
  seg_contains(seg, seg) boolean; seg_different(seg, seg) boolean; seg_ge(seg, seg) boolean;
  seg_gt(seg, seg) boolean; seg_inter(seg, seg) seg; seg_le(seg, seg) boolean; seg_left(seg,
  seg) boolean; seg_lower(seg) real; seg_lt(seg, seg) boolean; seg_over_left(seg, seg) boolean;
  seg_over_right(seg, seg) boolean; seg_overlap(seg, seg) boolean; seg_right(seg, seg) boolean;
  seg_same(seg, seg) boolean; seg_size(seg) real; seg_union(seg, seg) seg; seg_upper(seg) real
operators: seg && seg boolean; seg &< seg boolean; seg &> seg boolean; seg < seg boolean; seg <<
  seg boolean; seg <= seg boolean; seg <> seg boolean; seg <@ seg boolean; seg = seg boolean;
  seg > seg boolean; seg >= seg boolean; seg >> seg boolean; seg @> seg boolean
classes: btree seg_ops seg; gist gist_seg_ops seg
""",
    "sslinfo": r"""
functions: ssl_cipher() text; ssl_client_cert_present() boolean; ssl_client_dn() text;
  ssl_client_dn_field(text) text; ssl_client_serial() numeric; ssl_extension_info() SETOF
  record; ssl_is_used() boolean; ssl_issuer_dn() text; ssl_issuer_field(text) text;
  ssl_version() text
""",
    "tablefunc": r"""
types: tablefunc_crosstab_2; tablefunc_crosstab_3; tablefunc_crosstab_4
functions: connectby(text, text, text, text, integer) SETOF record; connectby(text, text, text,
  text, integer, text) SETOF record; connectby(text, text, text, text, text, integer) SETOF
  record; connectby(text, text, text, text, text, integer, text) SETOF record; crosstab(text)
  SETOF record; crosstab(text, integer) SETOF record; crosstab(text, text) SETOF record;
  crosstab2(text) SETOF tablefunc_crosstab_2; crosstab3(text) SETOF tablefunc_crosstab_3;
  crosstab4(text) SETOF tablefunc_crosstab_4; normal_rand(integer, double precision, double
  precision) SETOF double precision
""",
    "tcn": r"""
functions: triggered_change_notification() trigger
""",
    "tsm_system_rows": "",
    "tsm_system_time": "",
    "unaccent": r"""
functions: unaccent(regdictionary, text) text; unaccent(text) text
""",
    "uuid-ossp": r"""
functions: uuid_generate_v1() uuid; uuid_generate_v1mc() uuid; uuid_generate_v3(uuid, text)
  uuid; uuid_generate_v4() uuid; uuid_generate_v5(uuid, text) uuid; uuid_nil() uuid;
  uuid_ns_dns() uuid; uuid_ns_oid() uuid; uuid_ns_url() uuid; uuid_ns_x500() uuid
""",
    "xml2": r"""
functions: xml_encode_special_chars(text) text; xml_valid(text) boolean; xpath_bool(text, text)
  boolean; xpath_list(text, text) text; xpath_list(text, text, text) text; xpath_nodeset(text,
  text) text; xpath_nodeset(text, text, text) text; xpath_nodeset(text, text, text, text) text;
  xpath_number(text, text) real; xpath_string(text, text) text; xpath_table(text, text, text,
  text, text) SETOF record; xslt_process(text, text) text; xslt_process(text, text, text) text
""",
}
