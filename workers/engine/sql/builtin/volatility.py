"""What in pg_catalog is not IMMUTABLE, as PostgreSQL 15 has it (pg_proc.provolatile).

Functions that ask for the catalogue or the server are left out: nobody writes them into an index.
"""

from __future__ import annotations

_FUNCTIONS = """
array_sample array_shuffle array_to_json array_to_string clock_timestamp concat concat_ws
convert convert_from convert_to current_database current_query current_schema current_schemas
current_setting current_user currval enum_first enum_last enum_range format format_type
gen_random_uuid get_current_ts_config json_agg json_build_array json_build_object
json_object_agg json_populate_record json_populate_recordset json_to_record json_to_recordset
jsonb_agg jsonb_build_array jsonb_build_object jsonb_path_exists_tz jsonb_path_match_tz
jsonb_path_query_array_tz jsonb_path_query_first_tz jsonb_path_query_tz jsonb_populate_record
jsonb_populate_recordset jsonb_to_record jsonb_to_recordset lastval make_timestamptz money
nextval now pg_backend_pid pg_client_encoding pg_column_size pg_notify pg_relation_size pg_sleep
pg_table_size pg_total_relation_size pg_typeof random random_normal row_to_json session_user
set_config setseed setval statement_timestamp timeofday to_char to_date to_json to_jsonb
to_number to_regclass to_regnamespace to_regproc to_regprocedure to_regrole to_regtype
transaction_timestamp txid_current uuidv4 uuidv7 version
"""
FUNCTIONS = frozenset(_FUNCTIONS.split())
"""None of these has a signature that is immutable."""

SIGNATURES = {
    "age": "timestamptz timestamp",
    "date": "timestamptz",
    "date_part": "text,timestamptz",
    "date_trunc": "text,timestamptz text,timestamptz,text",
    "extract": "text,timestamptz",
    "json_to_tsvector": "json,jsonb",
    "jsonb_to_tsvector": "jsonb,jsonb",
    "numeric": "money",
    "phraseto_tsquery": "text",
    "plainto_tsquery": "text",
    "time": "timestamptz",
    "timestamp": "timestamptz",
    "timestamptz": "date timestamp date,time",
    "timezone": "text,timetz",
    "to_timestamp": "text,text",
    "to_tsquery": "text",
    "to_tsvector": "text jsonb json",
    "ts_headline": "text,tsquery,text text,tsquery jsonb,tsquery,text jsonb,tsquery"
    " json,tsquery,text json,tsquery",
    "websearch_to_tsquery": "text",
}
"""The signatures that are not immutable, of functions that have others that are."""

_OF_EXTENSIONS = """
gen_random_bytes gen_salt pgp_pub_encrypt pgp_sym_encrypt pgp_sym_encrypt_bytea set_limit
show_limit unaccent uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4
"""
OF_EXTENSIONS = frozenset(_OF_EXTENSIONS.split())

COMPARED = "date,timestamptz timestamp,timestamptz timestamptz,date timestamptz,timestamp"
"""Which types' comparisons ask for the time zone."""

OPERATORS = {
    "+": "interval,timestamptz timestamptz,interval",
    "-": "timestamptz,interval",
    "@@": "text,text text,tsquery",
    **dict.fromkeys(("<", "<=", "<>", "=", ">", ">="), COMPARED),
}

CASTS = """
    date,timestamptz int4,money int8,money money,numeric numeric,money time,timetz
    timestamp,timestamptz timestamptz,date timestamptz,time timestamptz,timestamp timestamptz,timetz
    text,xml varchar,xml bpchar,xml
"""

READ = """
    money date time timestamp timestamptz interval timetz regclass regtype regrole regnamespace
    regproc regprocedure regconfig regdictionary regcollation int4range int8range numrange tsrange
    tstzrange daterange int4multirange int8multirange nummultirange tsmultirange tstzmultirange
    datemultirange record
"""
"""The types whose input function is not immutable: a cast from text is not."""

WRITTEN = """
    money date timestamp timestamptz interval regclass regtype regrole regnamespace regproc
    regprocedure regconfig regdictionary regcollation int4range int8range numrange tsrange tstzrange
    daterange int4multirange int8multirange nummultirange tsmultirange tstzmultirange
    datemultirange record
"""
"""The types whose output function is not immutable: a cast to text is not."""
