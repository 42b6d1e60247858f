"""What extensions bring: types, functions, operator classes, index methods, relations.

Only what a migration can name. From the control and SQL files of PostgreSQL 15's contrib, PostGIS
3, pgvector and their documentation.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Facts:
    """One extension; `operator_classes` are (method, name, type it is the default for or "")."""

    types: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    triggers: tuple[str, ...] = ()
    operator_classes: tuple[tuple[str, str, str], ...] = ()
    methods: tuple[str, ...] = ()
    relations: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    schema: str | None = None


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _classes(text: str) -> tuple[tuple[str, str, str], ...]:
    """Read `method:class` or `method:class:type`, separated by blank space."""
    made = []
    for one in text.split():
        method, name, kind = (*one.split(":"), "")[:3]
        made.append((method, name, kind.replace("_", " ")))
    return tuple(made)


def _per_type(method: str, text: str) -> tuple[tuple[str, str, str], ...]:
    """Read `class:type` pairs of one method."""
    return _classes(" ".join(f"{method}:{one}" for one in text.split()))


_SCALARS = """
int2_ops:smallint int4_ops:integer int8_ops:bigint float4_ops:real float8_ops:double_precision
timestamp_ops:timestamp_without_time_zone timestamptz_ops:timestamp_with_time_zone
time_ops:time_without_time_zone timetz_ops:time_with_time_zone date_ops:date interval_ops:interval
oid_ops:oid money_ops:money macaddr_ops:macaddr macaddr8_ops:macaddr8 inet_ops:inet cidr_ops:cidr
text_ops:text varchar_ops:character_varying char_ops:"char" bytea_ops:bytea bit_ops:bit
varbit_ops:bit_varying numeric_ops:numeric bpchar_ops:character uuid_ops:uuid name_ops:name
bool_ops:boolean enum_ops:anyenum
"""
_GIST_SCALARS = (
    " ".join(f"gist_{one}" for one in _SCALARS.replace("varchar_ops:character_varying", "").split())
    .replace("gist_varbit_ops", "gist_vbit_ops")
    .replace("gist_money_ops", "gist_cash_ops")
)

_VECTOR_CLASSES = """
btree:vector_ops:vector btree:halfvec_ops:halfvec btree:sparsevec_ops:sparsevec
ivfflat:vector_l2_ops:vector ivfflat:vector_ip_ops ivfflat:vector_cosine_ops
ivfflat:halfvec_l2_ops:halfvec ivfflat:halfvec_ip_ops ivfflat:halfvec_cosine_ops
ivfflat:bit_hamming_ops hnsw:vector_l2_ops hnsw:vector_ip_ops hnsw:vector_cosine_ops
hnsw:vector_l1_ops hnsw:halfvec_l2_ops hnsw:halfvec_ip_ops hnsw:halfvec_cosine_ops
hnsw:halfvec_l1_ops hnsw:bit_hamming_ops hnsw:bit_jaccard_ops hnsw:sparsevec_l2_ops
hnsw:sparsevec_ip_ops hnsw:sparsevec_cosine_ops hnsw:sparsevec_l1_ops
"""

_POSTGIS_CLASSES = """
btree:btree_geometry_ops:geometry hash:hash_geometry_ops:geometry
gist:gist_geometry_ops_2d:geometry gist:gist_geometry_ops_nd btree:btree_geography_ops:geography
gist:gist_geography_ops:geography brin:brin_geometry_inclusion_ops_2d:geometry
brin:brin_geometry_inclusion_ops_3d brin:brin_geometry_inclusion_ops_4d
brin:brin_geography_inclusion_ops:geography spgist:spgist_geometry_ops_2d:geometry
spgist:spgist_geometry_ops_3d spgist:spgist_geometry_ops_nd
spgist:spgist_geography_ops_nd:geography
"""

_CITEXT_FUNCTIONS = """
citext citext_cmp citext_eq citext_ge citext_gt citext_hash citext_larger citext_le citext_lt
citext_ne citext_smaller max min regexp_match regexp_matches regexp_replace regexp_split_to_array
regexp_split_to_table replace split_part strpos texticlike translate
"""

_PG_TRGM_FUNCTIONS = """
similarity show_limit show_trgm set_limit word_similarity strict_word_similarity
word_similarity_op similarity_op similarity_dist
"""

_CRYPTO_FUNCTIONS = """
armor crypt dearmor decrypt decrypt_iv digest encrypt encrypt_iv gen_random_bytes gen_random_uuid
gen_salt hmac pgp_armor_headers pgp_key_id pgp_pub_decrypt pgp_pub_decrypt_bytea pgp_pub_encrypt
pgp_pub_encrypt_bytea pgp_sym_decrypt pgp_sym_decrypt_bytea pgp_sym_encrypt pgp_sym_encrypt_bytea
"""

_UUID_FUNCTIONS = """
uuid_generate_v1 uuid_generate_v1mc uuid_generate_v3 uuid_generate_v4 uuid_generate_v5 uuid_nil
uuid_ns_dns uuid_ns_oid uuid_ns_url uuid_ns_x500
"""

_HSTORE_FUNCTIONS = """
akeys avals defined delete each exist exists_all exists_any fetchval hstore hstore_to_array
hstore_to_json hstore_to_json_loose hstore_to_jsonb hstore_to_jsonb_loose hstore_to_matrix isdefined
isexists populate_record skeys slice slice_array svals tconvert
"""

_LTREE_FUNCTIONS = """
index lca ltree2text nlevel subltree subpath text2ltree ltree_addltree ltree_addtext
"""

_VECTOR_FUNCTIONS = """
array_to_halfvec array_to_sparsevec array_to_vector avg binary_quantize cosine_distance
hamming_distance inner_product jaccard_distance l1_distance l2_distance l2_norm l2_normalize
negative_inner_product subvector sum vector vector_avg vector_dims vector_norm halfvec sparsevec
"""

_FUZZY_FUNCTIONS = """
daitch_mokotoff difference dmetaphone dmetaphone_alt levenshtein levenshtein_less_equal metaphone
soundex text_soundex
"""

_INTARRAY_CLASSES = "gist:gist__int_ops:integer[] gist:gist__intbig_ops gin:gin__int_ops"

_FACTS: dict[str, Facts] = {
    "plpgsql": Facts(schema="pg_catalog"),
    "citext": Facts(
        _words("citext"),
        _words(_CITEXT_FUNCTIONS),
        operator_classes=_classes(
            "btree:citext_ops:citext btree:citext_pattern_ops hash:citext_ops:citext"
        ),
    ),
    "hstore": Facts(
        _words("hstore ghstore"),
        _words(_HSTORE_FUNCTIONS),
        operator_classes=_classes(
            "btree:btree_hstore_ops:hstore hash:hash_hstore_ops:hstore "
            "gist:gist_hstore_ops:hstore gin:gin_hstore_ops:hstore"
        ),
    ),
    "ltree": Facts(
        _words("ltree lquery ltxtquery ltree_gist"),
        _words(_LTREE_FUNCTIONS),
        operator_classes=_classes(
            "btree:ltree_ops:ltree hash:hash_ltree_ops:ltree gist:gist_ltree_ops:ltree "
            "gist:gist__ltree_ops:ltree[]"
        ),
    ),
    "pg_trgm": Facts(
        _words("gtrgm"),
        _words(_PG_TRGM_FUNCTIONS),
        operator_classes=_classes("gist:gist_trgm_ops gin:gin_trgm_ops"),
    ),
    "uuid-ossp": Facts(functions=_words(_UUID_FUNCTIONS)),
    "pgcrypto": Facts(functions=_words(_CRYPTO_FUNCTIONS)),
    "unaccent": Facts(functions=_words("unaccent unaccent_init unaccent_lexize")),
    "fuzzystrmatch": Facts(functions=_words(_FUZZY_FUNCTIONS)),
    "btree_gin": Facts(operator_classes=_per_type("gin", _SCALARS)),
    "btree_gist": Facts(
        _words("gbtreekey4 gbtreekey8 gbtreekey16 gbtreekey32 gbtreekey_var"),
        _words("cash_dist date_dist float4_dist float8_dist int2_dist int4_dist int8_dist "
               "interval_dist oid_dist time_dist ts_dist tstz_dist"),
        operator_classes=_per_type("gist", _GIST_SCALARS),
    ),
    "intarray": Facts(
        _words("query_int intbig_gkey"),
        _words("icount idx intset sort sort_asc sort_desc subarray uniq"),
        operator_classes=_classes(_INTARRAY_CLASSES),
    ),
    "cube": Facts(
        _words("cube"),
        _words("cube cube_dim cube_distance cube_enlarge cube_is_point cube_ll_coord cube_subset "
               "cube_union cube_ur_coord"),
        operator_classes=_classes("btree:cube_ops:cube gist:gist_cube_ops:cube"),
    ),
    "earthdistance": Facts(
        _words("earth"),
        _words("earth earth_box earth_distance gc_to_sec geo_distance latitude ll_to_earth "
               "longitude sec_to_gc"),
        requires=("cube",),
    ),
    "isn": Facts(_words("ean13 isbn isbn13 ismn ismn13 issn issn13 upc")),
    "seg": Facts(_words("seg")),
    "lo": Facts(_words("lo"), _words("lo_oid"), _words("lo_manage")),
    "tablefunc": Facts(
        _words("tablefunc_crosstab_2 tablefunc_crosstab_3 tablefunc_crosstab_4"),
        _words("connectby crosstab crosstab2 crosstab3 crosstab4 normal_rand"),
    ),
    "intagg": Facts(functions=_words("int_array_aggregate int_array_enum")),
    "xml2": Facts(functions=_words("xml_valid xpath_bool xpath_list xpath_nodeset xpath_number "
                                   "xpath_string xpath_table xslt_process")),
    "moddatetime": Facts(triggers=_words("moddatetime")),
    "autoinc": Facts(triggers=_words("autoinc")),
    "insert_username": Facts(triggers=_words("insert_username")),
    "refint": Facts(triggers=_words("check_primary_key check_foreign_key")),
    "tcn": Facts(triggers=_words("triggered_change_notification")),
    "bloom": Facts(
        methods=("bloom",), operator_classes=_classes("bloom:int4_ops:integer bloom:text_ops:text")
    ),
    "pg_stat_statements": Facts(
        functions=_words("pg_stat_statements pg_stat_statements_info pg_stat_statements_reset"),
        relations=_words("pg_stat_statements pg_stat_statements_info"),
    ),
    "pg_buffercache": Facts(relations=_words("pg_buffercache")),
    "pgstattuple": Facts(functions=_words("pgstattuple pgstatindex pg_relpages")),
    "pageinspect": Facts(),
    "pgrowlocks": Facts(functions=_words("pgrowlocks")),
    "pg_prewarm": Facts(functions=_words("pg_prewarm autoprewarm_start_worker")),
    "pg_visibility": Facts(),
    "pg_freespacemap": Facts(functions=_words("pg_freespace")),
    "amcheck": Facts(functions=_words("bt_index_check bt_index_parent_check verify_heapam")),
    "dblink": Facts(
        _words("dblink_pkey_results"),
        _words("dblink dblink_connect dblink_connect_u dblink_disconnect dblink_exec dblink_open "
               "dblink_fetch dblink_close dblink_get_connections dblink_send_query"),
    ),
    "postgres_fdw": Facts(functions=_words("postgres_fdw_get_connections postgres_fdw_disconnect")),
    "file_fdw": Facts(),
    "dict_int": Facts(),
    "dict_xsyn": Facts(),
    "sslinfo": Facts(),
    "tsm_system_rows": Facts(),
    "tsm_system_time": Facts(),
    "adminpack": Facts(schema="pg_catalog"),
    "vector": Facts(
        _words("vector halfvec sparsevec"),
        _words(_VECTOR_FUNCTIONS),
        operator_classes=_classes(_VECTOR_CLASSES),
        methods=("ivfflat", "hnsw"),
    ),
    "postgis": Facts(
        _words("geometry geography box2d box3d box2df gidx spheroid geometry_dump valid_detail"),
        operator_classes=_classes(_POSTGIS_CLASSES),
        relations=_words("spatial_ref_sys geometry_columns geography_columns"),
    ),
    "postgis_topology": Facts(requires=("postgis",), schema="topology"),
    "postgis_raster": Facts(_words("raster"), requires=("postgis",)),
    "postgis_tiger_geocoder": Facts(requires=("postgis", "fuzzystrmatch"), schema="tiger"),
    "pg_cron": Facts(schema="pg_catalog"),
    "timescaledb": Facts(
        functions=_words(
            "add_compression_policy add_continuous_aggregate_policy add_dimension "
            "add_retention_policy compress_chunk create_hypertable drop_chunks first last "
            "set_chunk_time_interval time_bucket time_bucket_gapfill interpolate locf"
        )
    ),
    "pgroonga": Facts(methods=("pgroonga",)),
    "rum": Facts(methods=("rum",)),
    "pgjwt": Facts(functions=_words("sign verify url_encode url_decode algorithm_sign"),
                   requires=("pgcrypto",)),
    "pg_net": Facts(schema="net"),
    "http": Facts(_words("http_header http_request http_response http_method"),
                  _words("http http_get http_post http_put http_patch http_delete http_head "
                         "http_header http_set_curlopt urlencode")),
    "pgmq": Facts(schema="pgmq"),
    "pg_graphql": Facts(schema="graphql"),
    "supabase_vault": Facts(schema="vault"),
    "pgsodium": Facts(schema="pgsodium"),
    "pg_jsonschema": Facts(functions=_words("json_matches_schema jsonb_matches_schema "
                                            "jsonschema_is_valid jsonschema_validation_errors")),
    "pg_hashids": Facts(functions=_words("id_encode id_decode id_decode_once hash_encode")),
    "pg_uuidv7": Facts(functions=_words("uuid_generate_v7 uuid_v7_to_timestamptz "
                                        "uuid_timestamptz_to_v7 uuid_v7_to_timestamp")),
    "pg_partman": Facts(schema=None),
    "pg_repack": Facts(schema="repack"),
    "hypopg": Facts(),
    "index_advisor": Facts(functions=_words("index_advisor"), requires=("hypopg",)),
    "pgtap": Facts(),
    "plv8": Facts(),
    "pg_stat_monitor": Facts(),
    "pgaudit": Facts(),
}  # fmt: skip


def find(name: str) -> Facts | None:
    """What an extension brings, or None if it is not known."""
    return _FACTS.get(name)
