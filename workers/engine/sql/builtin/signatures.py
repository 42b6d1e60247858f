"""The signatures of pg_catalog's functions that people call, as PostgreSQL 15 has them;
first a few that it lacks or that also stand behind an operator.

A function's name is followed by its signatures, `argument,argument>result`, with types by their
names in pg_type. `*` before an argument says VARIADIC, `=` after it that it has a default.
Left out is what only stands behind an operator, a cast, an aggregate, an index or a type.
"""

from __future__ import annotations

FUNCTIONS = """
any_value anyelement>anyelement array_append anycompatiblearray,anycompatible>anycompatiblearray
array_cat anycompatiblearray,anycompatiblearray>anycompatiblearray array_prepend
anycompatible,anycompatiblearray>anycompatiblearray hashtext text>int4 hashtextextended
text,int8>int8 inet_merge inet,inet>cidr jsonb_exists jsonb,text>bool starts_with text,text>bool
txid_current >int8 uuid_extract_timestamp uuid>timestamptz uuid_extract_version uuid>int2
uuidv4 >uuid uuidv7 >uuid interval>uuid array_reverse anyarray>anyarray array_sample
anyarray,int4>anyarray array_shuffle anyarray>anyarray array_sort anyarray>anyarray
anyarray,bool>anyarray anyarray,bool,bool>anyarray casefold text>text
abbrev cidr>text inet>text abs int8>int8 int2>int2 int4>int4 float4>float4 float8>float8
numeric>numeric acos float8>float8 acosd float8>float8 acosh float8>float8 age timestamp>interval
timestamptz>interval timestamp,timestamp>interval timestamptz,timestamptz>interval amvalidate
oid>bool array_agg anyarray>anyarray anynonarray>anyarray array_dims anyarray>text array_fill
anyelement,int4[]>anyarray anyelement,int4[],int4[]>anyarray array_length anyarray,int4>int4
array_lower anyarray,int4>int4 array_ndims anyarray>int4 array_position
anycompatiblearray,anycompatible>int4 anycompatiblearray,anycompatible,int4>int4 array_positions
anycompatiblearray,anycompatible>int4[] array_remove
anycompatiblearray,anycompatible>anycompatiblearray array_replace
anycompatiblearray,anycompatible,anycompatible>anycompatiblearray array_to_json anyarray>json
anyarray,bool>json array_to_string anyarray,text>text anyarray,text,text>text array_to_tsvector
text[]>tsvector array_upper anyarray,int4>int4 ascii text>int4 asin float8>float8 asind
float8>float8 asinh float8>float8 atan float8>float8 atan2 float8,float8>float8 atan2d
float8,float8>float8 atand float8>float8 atanh float8>float8 avg int8>numeric int2>numeric
int4>numeric float4>float8 float8>float8 interval>interval numeric>numeric bit int8,int4>bit
int4,int4>bit bit,int4,bool>bit bit_and int8>int8 int2>int2 int4>int4 bit>bit bit_count bytea>int8
bit>int8 bit_length bytea>int4 text>int4 bit>int4 bit_or int8>int8 int2>int2 int4>int4 bit>bit
bit_xor int8>int8 int2>int2 int4>int4 bit>bit bool int4>bool jsonb>bool bool_and bool>bool bool_or
bool>bool bpchar char>bpchar name>bpchar bpchar,int4,bool>bpchar broadcast inet>inet btrim
text>text bytea,bytea>bytea text,text>text cardinality anyarray>int4 cash_words money>text cbrt
float8>float8 ceil float8>float8 numeric>numeric ceiling float8>float8 numeric>numeric char_length
text>int4 bpchar>int4 character_length text>int4 bpchar>int4 chr int4>text clock_timestamp
>timestamptz col_description oid,int4>text concat *any>text concat_ws text,*any>text convert
bytea,name,name>bytea convert_from bytea,name>text convert_to text,name>bytea corr
float8,float8>float8 cos float8>float8 cosd float8>float8 cosh float8>float8 cot float8>float8
cotd float8>float8 count >int8 any>int8 covar_pop float8,float8>float8 covar_samp
float8,float8>float8 cume_dist >float8 *any>float8 current_database >name current_query >text
current_schema >name current_schemas bool>name[] current_setting text>text text,bool>text
current_user >name currval regclass>int8 date timestamp>date timestamptz>date date_bin
interval,timestamp,timestamp>timestamp interval,timestamptz,timestamptz>timestamptz date_part
text,date>float8 text,time>float8 text,timestamp>float8 text,timestamptz>float8
text,interval>float8 text,timetz>float8 date_trunc text,timestamp>timestamp
text,timestamptz>timestamptz text,interval>interval text,timestamptz,text>timestamptz
datemultirange >datemultirange *daterange[]>datemultirange daterange date,date>daterange
date,date,text>daterange daterange_canonical daterange>daterange daterange_subdiff
date,date>float8 decode text,text>bytea degrees float8>float8 dense_rank >int8 *any>int8 dexp
float8>float8 div numeric,numeric>numeric dlog1 float8>float8 dlog10 float8>float8 dround
float8>float8 dtrunc float8>float8 encode bytea,text>text enum_first anyenum>anyenum enum_last
anyenum>anyenum enum_range anyenum>anyarray anyenum,anyenum>anyarray enum_send anyenum>bytea every
bool>bool exp float8>float8 numeric>numeric extract text,date>numeric text,time>numeric
text,timestamp>numeric text,timestamptz>numeric text,interval>numeric text,timetz>numeric
factorial int8>numeric family inet>int4 first_value anyelement>anyelement float4 int8>float4
int2>float4 int4>float4 float8>float4 numeric>float4 jsonb>float4 float8 int8>float8 int2>float8
int4>float8 float4>float8 numeric>float8 jsonb>float8 floor float8>float8 numeric>numeric
fmgr_c_validator oid>void fmgr_internal_validator oid>void fmgr_sql_validator oid>void format
text>text text,*any>text format_type oid,int4>text gcd int8,int8>int8 int4,int4>int4
numeric,numeric>numeric gen_random_uuid >uuid generate_series int8,int8>int8 int4,int4>int4
numeric,numeric>numeric int8,int8,int8>int8 int4,int4,int4>int4
timestamp,timestamp,interval>timestamp timestamptz,timestamptz,interval>timestamptz
numeric,numeric,numeric>numeric generate_subscripts anyarray,int4>int4 anyarray,int4,bool>int4
get_bit bytea,int8>int4 bit,int4>int4 get_byte bytea,int4>int4 get_current_ts_config >regconfig
getdatabaseencoding >name getpgusername >name has_any_column_privilege text,text>bool
oid,text>bool name,text,text>bool name,oid,text>bool oid,text,text>bool oid,oid,text>bool
has_column_privilege text,int2,text>bool text,text,text>bool oid,int2,text>bool oid,text,text>bool
name,text,int2,text>bool name,text,text,text>bool name,oid,int2,text>bool name,oid,text,text>bool
oid,text,int2,text>bool oid,text,text,text>bool oid,oid,int2,text>bool oid,oid,text,text>bool
has_database_privilege text,text>bool oid,text>bool name,text,text>bool name,oid,text>bool
oid,text,text>bool oid,oid,text>bool has_function_privilege text,text>bool oid,text>bool
name,text,text>bool name,oid,text>bool oid,text,text>bool oid,oid,text>bool has_schema_privilege
text,text>bool oid,text>bool name,text,text>bool name,oid,text>bool oid,text,text>bool
oid,oid,text>bool has_sequence_privilege text,text>bool oid,text>bool name,text,text>bool
name,oid,text>bool oid,text,text>bool oid,oid,text>bool has_table_privilege text,text>bool
oid,text>bool name,text,text>bool name,oid,text>bool oid,text,text>bool oid,oid,text>bool
has_type_privilege text,text>bool oid,text>bool name,text,text>bool name,oid,text>bool
oid,text,text>bool oid,oid,text>bool host inet>text hostmask inet>inet inet_client_addr >inet
inet_client_port >int4 inet_server_addr >inet inet_server_port >int4 initcap text>text int2
int8>int2 int4>int2 float4>int2 float8>int2 numeric>int2 jsonb>int2 int4 bool>int4 char>int4
int8>int4 int2>int4 float4>int4 float8>int4 bit>int4 numeric>int4 jsonb>int4 int4inc int4>int4
int4multirange >int4multirange *int4range[]>int4multirange int4range int4,int4>int4range
int4,int4,text>int4range int4range_canonical int4range>int4range int4range_subdiff
int4,int4>float8 int8 int2>int8 int4>int8 oid>int8 float4>int8 float8>int8 bit>int8 numeric>int8
jsonb>int8 int8_sum numeric,int8>numeric int8multirange >int8multirange
*int8range[]>int8multirange int8range int8,int8>int8range int8,int8,text>int8range
int8range_canonical int8range>int8range int8range_subdiff int8,int8>float8 is_normalized
text,text=>bool isempty anymultirange>bool isfinite date>bool timestamp>bool timestamptz>bool
interval>bool json_agg anyelement>json json_array_elements json>json json_array_elements_text
json>text json_array_length json>int4 json_build_array >json *any>json json_build_object >json
*any>json json_each json>record json_each_text json>record json_object text[]>json
text[],text[]>json json_object_agg any,any>json json_object_keys json>text json_populate_record
anyelement,json,bool=>anyelement json_populate_recordset anyelement,json,bool=>anyelement
json_strip_nulls json>json json_to_record json>record json_to_recordset json>record
json_to_tsvector json,jsonb>tsvector regconfig,json,jsonb>tsvector json_typeof json>text jsonb_agg
anyelement>jsonb jsonb_array_elements jsonb>jsonb jsonb_array_elements_text jsonb>text
jsonb_array_length jsonb>int4 jsonb_build_array >jsonb *any>jsonb jsonb_build_object >jsonb
*any>jsonb jsonb_each jsonb>record jsonb_each_text jsonb>record jsonb_insert
jsonb,text[],jsonb,bool=>jsonb jsonb_object text[]>jsonb text[],text[]>jsonb jsonb_object_agg
any,any>jsonb jsonb_object_keys jsonb>text jsonb_path_exists jsonb,jsonpath,jsonb=,bool=>bool
jsonb_path_exists_tz jsonb,jsonpath,jsonb=,bool=>bool jsonb_path_match
jsonb,jsonpath,jsonb=,bool=>bool jsonb_path_match_tz jsonb,jsonpath,jsonb=,bool=>bool
jsonb_path_query jsonb,jsonpath,jsonb=,bool=>jsonb jsonb_path_query_array
jsonb,jsonpath,jsonb=,bool=>jsonb jsonb_path_query_array_tz jsonb,jsonpath,jsonb=,bool=>jsonb
jsonb_path_query_first jsonb,jsonpath,jsonb=,bool=>jsonb jsonb_path_query_first_tz
jsonb,jsonpath,jsonb=,bool=>jsonb jsonb_path_query_tz jsonb,jsonpath,jsonb=,bool=>jsonb
jsonb_populate_record anyelement,jsonb>anyelement jsonb_populate_recordset
anyelement,jsonb>anyelement jsonb_pretty jsonb>text jsonb_set jsonb,text[],jsonb,bool=>jsonb
jsonb_set_lax jsonb,text[],jsonb,bool=,text=>jsonb jsonb_strip_nulls jsonb>jsonb jsonb_to_record
jsonb>record jsonb_to_recordset jsonb>record jsonb_to_tsvector jsonb,jsonb>tsvector
regconfig,jsonb,jsonb>tsvector jsonb_typeof jsonb>text justify_days interval>interval
justify_hours interval>interval justify_interval interval>interval lag anyelement>anyelement
anyelement,int4>anyelement anycompatible,int4,anycompatible>anycompatible last_value
anyelement>anyelement lastval >int8 lcm int8,int8>int8 int4,int4>int4 numeric,numeric>numeric lead
anyelement>anyelement anyelement,int4>anyelement anycompatible,int4,anycompatible>anycompatible
left text,int4>text length bytea>int4 text>int4 bpchar>int4 bit>int4 tsvector>int4 bytea,name>int4
like bytea,bytea>bool name,text>bool text,text>bool like_escape bytea,bytea>bytea text,text>text
ln float8>float8 numeric>numeric log float8>float8 numeric>numeric numeric,numeric>numeric log10
float8>float8 numeric>numeric lower text>text anyrange>anyelement anymultirange>anyelement
lower_inc anyrange>bool anymultirange>bool lower_inf anyrange>bool anymultirange>bool lpad
text,int4>text text,int4,text>text ltrim text>text bytea,bytea>bytea text,text>text make_date
int4,int4,int4>date make_interval int4=,int4=,int4=,int4=,int4=,int4=,float8=>interval make_time
int4,int4,float8>time make_timestamp int4,int4,int4,int4,int4,float8>timestamp make_timestamptz
int4,int4,int4,int4,int4,float8>timestamptz int4,int4,int4,int4,int4,float8,text>timestamptz
masklen inet>int4 max int8>int8 int2>int2 int4>int4 text>text oid>oid float4>float4 float8>float8
money>money inet>inet bpchar>bpchar date>date time>time timestamp>timestamp
timestamptz>timestamptz interval>interval timetz>timetz numeric>numeric anyarray>anyarray
anyenum>anyenum md5 bytea>text text>text min int8>int8 int2>int2 int4>int4 text>text oid>oid
float4>float4 float8>float8 money>money inet>inet bpchar>bpchar date>date time>time
timestamp>timestamp timestamptz>timestamptz interval>interval timetz>timetz numeric>numeric
anyarray>anyarray anyenum>anyenum min_scale numeric>int4 mod int8,int8>int8 int2,int2>int2
int4,int4>int4 numeric,numeric>numeric mode anyelement>anyelement money int8>money int4>money
numeric>money name text>name bpchar>name varchar>name nameconcatoid name,oid>name netmask
inet>inet network inet>cidr nextval regclass>int8 normalize text,text=>text notlike
bytea,bytea>bool name,text>bool text,text>bool now >timestamptz nth_value
anyelement,int4>anyelement ntile int4>int4 num_nonnulls *any>int4 num_nulls *any>int4 numeric
int8>numeric int2>numeric int4>numeric float4>numeric float8>numeric money>numeric jsonb>numeric
numeric,int4>numeric numeric_div_trunc numeric,numeric>numeric numeric_exp numeric>numeric
numeric_inc numeric>numeric numeric_ln numeric>numeric numeric_log numeric,numeric>numeric
numeric_sqrt numeric>numeric nummultirange >nummultirange *numrange[]>nummultirange numnode
tsquery>int4 numrange numeric,numeric>numrange numeric,numeric,text>numrange numrange_subdiff
numeric,numeric>float8 obj_description oid>text oid,name>text octet_length bytea>int4 text>int4
bpchar>int4 bit>int4 overlaps time,time,time,time>bool time,time,time,interval>bool
time,interval,time,time>bool time,interval,time,interval>bool
timestamp,timestamp,timestamp,timestamp>bool timestamp,timestamp,timestamp,interval>bool
timestamp,interval,timestamp,timestamp>bool timestamp,interval,timestamp,interval>bool
timestamptz,timestamptz,timestamptz,timestamptz>bool
timestamptz,timestamptz,timestamptz,interval>bool
timestamptz,interval,timestamptz,timestamptz>bool timestamptz,interval,timestamptz,interval>bool
timetz,timetz,timetz,timetz>bool overlay bytea,bytea,int4>bytea text,text,int4>text
bit,bit,int4>bit bytea,bytea,int4,int4>bytea text,text,int4,int4>text bit,bit,int4,int4>bit
parse_ident text,bool=>text[] percent_rank >float8 *any>float8 percentile_cont
float8,float8>float8 float8,interval>interval float8[],float8>float8[]
float8[],interval>interval[] percentile_disc float8,anyelement>anyelement
float8[],anyelement>anyarray pg_backend_pid >int4 pg_blocking_pids int4>int4[] pg_char_to_encoding
name>int4 pg_client_encoding >name pg_collation_for any>text pg_collation_is_visible oid>bool
pg_column_compression any>text pg_column_is_updatable regclass,int2,bool>bool pg_column_size
any>int4 pg_current_logfile >text text>text pg_database_size name>int8 oid>int8 pg_describe_object
oid,oid,int4>text pg_encoding_max_length int4>int4 pg_encoding_to_char int4>name
pg_function_is_visible oid>bool pg_get_catalog_foreign_keys >record pg_get_constraintdef oid>text
oid,bool>text pg_get_function_arg_default oid,int4>text pg_get_function_arguments oid>text
pg_get_function_identity_arguments oid>text pg_get_function_result oid>text
pg_get_function_sqlbody oid>text pg_get_functiondef oid>text pg_get_indexdef oid>text
oid,int4,bool>text pg_get_keywords >record pg_get_object_address text,text[],text[]>record
pg_get_partition_constraintdef oid>text pg_get_partkeydef oid>text pg_get_replica_identity_index
regclass>regclass pg_get_replication_slots >record pg_get_ruledef oid>text oid,bool>text
pg_get_serial_sequence text,text>text pg_get_statisticsobjdef oid>text
pg_get_statisticsobjdef_columns oid>text pg_get_statisticsobjdef_expressions oid>text[]
pg_get_triggerdef oid>text oid,bool>text pg_get_userbyid oid>name pg_get_viewdef text>text
oid>text text,bool>text oid,bool>text oid,int4>text pg_has_role name,text>bool oid,text>bool
name,name,text>bool name,oid,text>bool oid,name,text>bool oid,oid,text>bool
pg_index_column_has_property regclass,int4,text>bool pg_index_has_property regclass,text>bool
pg_indexam_has_property oid,text>bool pg_indexam_progress_phasename oid,int8>text
pg_is_in_recovery >bool pg_notify text,text>void pg_opclass_is_visible oid>bool
pg_operator_is_visible oid>bool pg_opfamily_is_visible oid>bool pg_options_to_table text[]>record
pg_relation_is_publishable regclass>bool pg_relation_is_updatable regclass,bool>int4
pg_relation_size regclass>int8 regclass,text>int8 pg_sequence_parameters oid>record
pg_settings_get_flags text>text[] pg_size_pretty int8>text numeric>text pg_sleep float8>void
pg_sleep_for interval>void pg_sleep_until timestamptz>void pg_table_is_visible oid>bool
pg_table_size regclass>int8 pg_total_relation_size regclass>int8 pg_ts_config_is_visible oid>bool
pg_ts_dict_is_visible oid>bool pg_ts_parser_is_visible oid>bool pg_ts_template_is_visible oid>bool
pg_type_is_visible oid>bool pg_typeof any>regtype phraseto_tsquery text>tsquery
regconfig,text>tsquery pi >float8 plainto_tsquery text>tsquery regconfig,text>tsquery
plpgsql_call_handler >language_handler plpgsql_validator oid>void position bytea,bytea>int4
text,text>int4 bit,bit>int4 postgresql_fdw_validator text[],oid>bool pow float8,float8>float8
numeric,numeric>numeric power float8,float8>float8 numeric,numeric>numeric querytree tsquery>text
quote_ident text>text quote_literal text>text anyelement>text quote_nullable text>text
anyelement>text radians float8>float8 random >float8 range_agg anyrange>anymultirange
anymultirange>anymultirange range_intersect_agg anyrange>anyrange anymultirange>anymultirange
range_merge anymultirange>anyrange rank >int8 *any>int8 regexp_count text,text>int4
text,text,int4>int4 text,text,int4,text>int4 regexp_instr text,text>int4 text,text,int4>int4
text,text,int4,int4>int4 text,text,int4,int4,int4>int4 text,text,int4,int4,int4,text>int4
text,text,int4,int4,int4,text,int4>int4 regexp_like text,text>bool text,text,text>bool
regexp_match text,text>text[] text,text,text>text[] regexp_matches text,text>text[]
text,text,text>text[] regexp_replace text,text,text>text text,text,text,int4>text
text,text,text,text>text text,text,text,int4,int4>text text,text,text,int4,int4,text>text
regexp_split_to_array text,text>text[] text,text,text>text[] regexp_split_to_table text,text>text
text,text,text>text regexp_substr text,text>text text,text,int4>text text,text,int4,int4>text
text,text,int4,int4,text>text text,text,int4,int4,text,int4>text regr_avgx float8,float8>float8
regr_avgy float8,float8>float8 regr_count float8,float8>int8 regr_intercept float8,float8>float8
regr_r2 float8,float8>float8 regr_slope float8,float8>float8 regr_sxx float8,float8>float8
regr_sxy float8,float8>float8 regr_syy float8,float8>float8 repeat text,int4>text replace
text,text,text>text reverse text>text right text,int4>text round float8>float8 numeric>numeric
numeric,int4>numeric row_number >int8 row_security_active text>bool oid>bool row_to_json
record>json record,bool>json rpad text,int4>text text,int4,text>text rtrim text>text
bytea,bytea>bytea text,text>text satisfies_hash_partition oid,int4,int4,*any>bool scale
numeric>int4 session_user >name set_bit bytea,int8,int4>bytea bit,int4,int4>bit set_byte
bytea,int4,int4>bytea set_config text,text,bool>text set_masklen cidr,int4>cidr inet,int4>inet
setseed float8>void setval regclass,int8>int8 regclass,int8,bool>int8 setweight
tsvector,char>tsvector tsvector,char,text[]>tsvector sha224 bytea>bytea sha256 bytea>bytea sha384
bytea>bytea sha512 bytea>bytea shobj_description oid,name>text sign float8>float8 numeric>numeric
similar_escape text,text>text similar_to_escape text>text text,text>text sin float8>float8 sind
float8>float8 sinh float8>float8 split_part text,text,int4>text sqrt float8>float8 numeric>numeric
statement_timestamp >timestamptz stddev int8>numeric int2>numeric int4>numeric float4>float8
float8>float8 numeric>numeric stddev_pop int8>numeric int2>numeric int4>numeric float4>float8
float8>float8 numeric>numeric stddev_samp int8>numeric int2>numeric int4>numeric float4>float8
float8>float8 numeric>numeric string_agg bytea,bytea>bytea text,text>text string_to_array
text,text>text[] text,text,text>text[] string_to_table text,text>text text,text,text>text strip
tsvector>tsvector strpos text,text>int4 substr bytea,int4>bytea text,int4>text
bytea,int4,int4>bytea text,int4,int4>text substring bytea,int4>bytea text,int4>text text,text>text
bit,int4>bit bytea,int4,int4>bytea text,int4,int4>text text,text,text>text bit,int4,int4>bit sum
int8>numeric int2>int8 int4>int8 float4>float4 float8>float8 money>money interval>interval
numeric>numeric tan float8>float8 tand float8>float8 tanh float8>float8 text bool>text char>text
name>text xml>text inet>text bpchar>text textlen text>int4 time timestamp>time timestamptz>time
interval>time timetz>time time,int4>time timeofday >text timestamp date>timestamp
timestamptz>timestamp date,time>timestamp timestamp,int4>timestamp timestamptz date>timestamptz
timestamp>timestamptz date,time>timestamptz date,timetz>timestamptz timestamptz,int4>timestamptz
timezone text,timestamp>timestamptz text,timestamptz>timestamp text,timetz>timetz
interval,timestamp>timestamptz interval,timestamptz>timestamp interval,timetz>timetz to_ascii
text>text text,name>text text,int4>text to_char int8,text>text int4,text>text float4,text>text
float8,text>text timestamp,text>text timestamptz,text>text interval,text>text numeric,text>text
to_date text,text>date to_hex int8>text int4>text to_json anyelement>json to_jsonb
anyelement>jsonb to_number text,text>numeric to_regclass text>regclass to_regcollation
text>regcollation to_regnamespace text>regnamespace to_regoper text>regoper to_regoperator
text>regoperator to_regproc text>regproc to_regprocedure text>regprocedure to_regrole text>regrole
to_regtype text>regtype to_timestamp float8>timestamptz text,text>timestamptz to_tsquery
text>tsquery regconfig,text>tsquery to_tsvector text>tsvector json>tsvector jsonb>tsvector
regconfig,text>tsvector regconfig,json>tsvector regconfig,jsonb>tsvector transaction_timestamp
>timestamptz translate text,text,text>text trim_array anyarray,int4>anyarray trim_scale
numeric>numeric trunc float8>float8 macaddr>macaddr numeric>numeric numeric,int4>numeric ts_delete
tsvector,text>tsvector tsvector,text[]>tsvector ts_filter tsvector,char[]>tsvector ts_headline
text,tsquery>text json,tsquery>json jsonb,tsquery>jsonb text,tsquery,text>text
json,tsquery,text>json regconfig,text,tsquery>text regconfig,json,tsquery>json
regconfig,jsonb,tsquery>jsonb jsonb,tsquery,text>jsonb regconfig,text,tsquery,text>text
regconfig,json,tsquery,text>json regconfig,jsonb,tsquery,text>jsonb ts_lexize
regdictionary,text>text[] ts_rank tsvector,tsquery>float4 float4[],tsvector,tsquery>float4
tsvector,tsquery,int4>float4 float4[],tsvector,tsquery,int4>float4 ts_rank_cd
tsvector,tsquery>float4 float4[],tsvector,tsquery>float4 tsvector,tsquery,int4>float4
float4[],tsvector,tsquery,int4>float4 ts_rewrite tsquery,text>tsquery
tsquery,tsquery,tsquery>tsquery tsmultirange >tsmultirange *tsrange[]>tsmultirange tsquery_phrase
tsquery,tsquery,int4>tsquery tsrange timestamp,timestamp>tsrange timestamp,timestamp,text>tsrange
tsrange_subdiff timestamp,timestamp>float8 tstzmultirange >tstzmultirange
*tstzrange[]>tstzmultirange tstzrange timestamptz,timestamptz>tstzrange
timestamptz,timestamptz,text>tstzrange tstzrange_subdiff timestamptz,timestamptz>float8
tsvector_to_array tsvector>text[] unistr text>text unnest anyarray>anyelement tsvector>record
anymultirange>anyrange upper text>text anyrange>anyelement anymultirange>anyelement upper_inc
anyrange>bool anymultirange>bool upper_inf anyrange>bool anymultirange>bool var_pop int8>numeric
int2>numeric int4>numeric float4>float8 float8>float8 numeric>numeric var_samp int8>numeric
int2>numeric int4>numeric float4>float8 float8>float8 numeric>numeric varchar name>varchar
varchar,int4,bool>varchar variance int8>numeric int2>numeric int4>numeric float4>float8
float8>float8 numeric>numeric version >text websearch_to_tsquery text>tsquery
regconfig,text>tsquery width_bucket anycompatible,anycompatiblearray>int4
float8,float8,float8,int4>int4 numeric,numeric,numeric,int4>int4 xpath text,xml>xml[]
text,xml,text[]>xml[] xpath_exists text,xml>bool text,xml,text[]>bool
"""
