"""Functions of extensions that no statement calls: input, output and the support of indexes.

Dumps of a database grant them one by one, so that they have to be known by their names. The lists
come from the catalogues of servers that have the extensions installed.
"""

from __future__ import annotations

_NAMES: dict[str, str] = {
    "bloom": """
        blhandler
    """,
    "btree_gin": """
        gin_btree_consistent gin_compare_prefix_anyenum gin_compare_prefix_bit
        gin_compare_prefix_bool gin_compare_prefix_bpchar gin_compare_prefix_bytea
        gin_compare_prefix_char gin_compare_prefix_cidr gin_compare_prefix_date
        gin_compare_prefix_float4 gin_compare_prefix_float8 gin_compare_prefix_inet
        gin_compare_prefix_int2 gin_compare_prefix_int4 gin_compare_prefix_int8
        gin_compare_prefix_interval gin_compare_prefix_macaddr gin_compare_prefix_macaddr8
        gin_compare_prefix_money gin_compare_prefix_name gin_compare_prefix_numeric
        gin_compare_prefix_oid gin_compare_prefix_text gin_compare_prefix_time
        gin_compare_prefix_timestamp gin_compare_prefix_timestamptz
        gin_compare_prefix_timetz gin_compare_prefix_uuid gin_compare_prefix_varbit
        gin_extract_query_anyenum gin_extract_query_bit gin_extract_query_bool
        gin_extract_query_bpchar gin_extract_query_bytea gin_extract_query_char
        gin_extract_query_cidr gin_extract_query_date gin_extract_query_float4
        gin_extract_query_float8 gin_extract_query_inet gin_extract_query_int2
        gin_extract_query_int4 gin_extract_query_int8 gin_extract_query_interval
        gin_extract_query_macaddr gin_extract_query_macaddr8 gin_extract_query_money
        gin_extract_query_name gin_extract_query_numeric gin_extract_query_oid
        gin_extract_query_text gin_extract_query_time gin_extract_query_timestamp
        gin_extract_query_timestamptz gin_extract_query_timetz gin_extract_query_uuid
        gin_extract_query_varbit gin_extract_value_anyenum gin_extract_value_bit
        gin_extract_value_bool gin_extract_value_bpchar gin_extract_value_bytea
        gin_extract_value_char gin_extract_value_cidr gin_extract_value_date
        gin_extract_value_float4 gin_extract_value_float8 gin_extract_value_inet
        gin_extract_value_int2 gin_extract_value_int4 gin_extract_value_int8
        gin_extract_value_interval gin_extract_value_macaddr gin_extract_value_macaddr8
        gin_extract_value_money gin_extract_value_name gin_extract_value_numeric
        gin_extract_value_oid gin_extract_value_text gin_extract_value_time
        gin_extract_value_timestamp gin_extract_value_timestamptz gin_extract_value_timetz
        gin_extract_value_uuid gin_extract_value_varbit
    """,
    "btree_gist": """
        gbt_bit_compress gbt_bit_consistent gbt_bit_penalty gbt_bit_picksplit gbt_bit_same
        gbt_bit_union gbt_bool_compress gbt_bool_consistent gbt_bool_fetch gbt_bool_penalty
        gbt_bool_picksplit gbt_bool_same gbt_bool_union gbt_bpchar_compress
        gbt_bpchar_consistent gbt_bytea_compress gbt_bytea_consistent gbt_bytea_penalty
        gbt_bytea_picksplit gbt_bytea_same gbt_bytea_union gbt_cash_compress
        gbt_cash_consistent gbt_cash_distance gbt_cash_fetch gbt_cash_penalty
        gbt_cash_picksplit gbt_cash_same gbt_cash_union gbt_date_compress
        gbt_date_consistent gbt_date_distance gbt_date_fetch gbt_date_penalty
        gbt_date_picksplit gbt_date_same gbt_date_union gbt_decompress gbt_enum_compress
        gbt_enum_consistent gbt_enum_fetch gbt_enum_penalty gbt_enum_picksplit gbt_enum_same
        gbt_enum_union gbt_float4_compress gbt_float4_consistent gbt_float4_distance
        gbt_float4_fetch gbt_float4_penalty gbt_float4_picksplit gbt_float4_same
        gbt_float4_union gbt_float8_compress gbt_float8_consistent gbt_float8_distance
        gbt_float8_fetch gbt_float8_penalty gbt_float8_picksplit gbt_float8_same
        gbt_float8_union gbt_inet_compress gbt_inet_consistent gbt_inet_penalty
        gbt_inet_picksplit gbt_inet_same gbt_inet_union gbt_int2_compress
        gbt_int2_consistent gbt_int2_distance gbt_int2_fetch gbt_int2_penalty
        gbt_int2_picksplit gbt_int2_same gbt_int2_union gbt_int4_compress
        gbt_int4_consistent gbt_int4_distance gbt_int4_fetch gbt_int4_penalty
        gbt_int4_picksplit gbt_int4_same gbt_int4_union gbt_int8_compress
        gbt_int8_consistent gbt_int8_distance gbt_int8_fetch gbt_int8_penalty
        gbt_int8_picksplit gbt_int8_same gbt_int8_union gbt_intv_compress
        gbt_intv_consistent gbt_intv_decompress gbt_intv_distance gbt_intv_fetch
        gbt_intv_penalty gbt_intv_picksplit gbt_intv_same gbt_intv_union gbt_macad8_compress
        gbt_macad8_consistent gbt_macad8_fetch gbt_macad8_penalty gbt_macad8_picksplit
        gbt_macad8_same gbt_macad8_union gbt_macad_compress gbt_macad_consistent
        gbt_macad_fetch gbt_macad_penalty gbt_macad_picksplit gbt_macad_same gbt_macad_union
        gbt_numeric_compress gbt_numeric_consistent gbt_numeric_penalty
        gbt_numeric_picksplit gbt_numeric_same gbt_numeric_union gbt_oid_compress
        gbt_oid_consistent gbt_oid_distance gbt_oid_fetch gbt_oid_penalty gbt_oid_picksplit
        gbt_oid_same gbt_oid_union gbt_text_compress gbt_text_consistent gbt_text_penalty
        gbt_text_picksplit gbt_text_same gbt_text_union gbt_time_compress
        gbt_time_consistent gbt_time_distance gbt_time_fetch gbt_time_penalty
        gbt_time_picksplit gbt_time_same gbt_time_union gbt_timetz_compress
        gbt_timetz_consistent gbt_ts_compress gbt_ts_consistent gbt_ts_distance gbt_ts_fetch
        gbt_ts_penalty gbt_ts_picksplit gbt_ts_same gbt_ts_union gbt_tstz_compress
        gbt_tstz_consistent gbt_tstz_distance gbt_uuid_compress gbt_uuid_consistent
        gbt_uuid_fetch gbt_uuid_penalty gbt_uuid_picksplit gbt_uuid_same gbt_uuid_union
        gbt_var_decompress gbt_var_fetch gbtreekey16_in gbtreekey16_out gbtreekey2_in
        gbtreekey2_out gbtreekey32_in gbtreekey32_out gbtreekey4_in gbtreekey4_out
        gbtreekey8_in gbtreekey8_out gbtreekey_var_in gbtreekey_var_out
    """,
    "citext": """
        citextin citextout citextrecv
    """,
    "cube": """
        cube_in cube_out cube_recv g_cube_consistent g_cube_distance g_cube_penalty
        g_cube_picksplit g_cube_same g_cube_union
    """,
    "dict_int": """
        dintdict_init dintdict_lexize
    """,
    "dict_xsyn": """
        dxsyn_init dxsyn_lexize
    """,
    "hstore": """
        ghstore_compress ghstore_consistent ghstore_decompress ghstore_in ghstore_options
        ghstore_out ghstore_penalty ghstore_picksplit ghstore_same ghstore_union
        gin_consistent_hstore gin_extract_hstore gin_extract_hstore_query hstore_in
        hstore_out hstore_recv hstore_subscript_handler
    """,
    "intarray": """
        _int_contained_joinsel _int_contained_sel _int_contains_joinsel _int_contains_sel
        _int_matchsel _int_overlap_joinsel _int_overlap_sel _intbig_in _intbig_out bqarr_in
        bqarr_out g_int_compress g_int_consistent g_int_decompress g_int_options
        g_int_penalty g_int_picksplit g_int_same g_int_union g_intbig_compress
        g_intbig_consistent g_intbig_decompress g_intbig_options g_intbig_penalty
        g_intbig_picksplit g_intbig_same g_intbig_union ginint4_consistent
        ginint4_queryextract
    """,
    "isn": """
        ean13_in ean13_out isbn13_in isbn_in ismn13_in ismn_in isn_out issn13_in issn_in
        upc_in
    """,
    "ltree": """
        _ltree_compress _ltree_consistent _ltree_gist_options _ltree_penalty
        _ltree_picksplit _ltree_same _ltree_union lquery_in lquery_out lquery_recv
        ltree_compress ltree_consistent ltree_decompress ltree_gist_in ltree_gist_options
        ltree_gist_out ltree_in ltree_out ltree_penalty ltree_picksplit ltree_recv
        ltree_same ltree_union ltreeparentsel ltxtq_in ltxtq_out ltxtq_recv
    """,
    "pg_trgm": """
        gin_extract_query_trgm gin_extract_value_trgm gin_trgm_consistent
        gin_trgm_triconsistent gtrgm_compress gtrgm_consistent gtrgm_decompress
        gtrgm_distance gtrgm_in gtrgm_options gtrgm_out gtrgm_penalty gtrgm_picksplit
        gtrgm_same gtrgm_union
    """,
    "postgis": """
        box2d_in box2d_out box2df_in box2df_out box3d_in box3d_out
        geog_brin_inclusion_add_value geography_analyze geography_gist_compress
        geography_gist_consistent geography_gist_decompress geography_gist_distance
        geography_gist_penalty geography_gist_picksplit geography_gist_same
        geography_gist_union geography_in geography_out geography_recv
        geography_spgist_choose_nd geography_spgist_compress_nd geography_spgist_config_nd
        geography_spgist_inner_consistent_nd geography_spgist_leaf_consistent_nd
        geography_spgist_picksplit_nd geography_typmod_out geom2d_brin_inclusion_add_value
        geom3d_brin_inclusion_add_value geom4d_brin_inclusion_add_value geometry_analyze
        geometry_gist_compress_2d geometry_gist_compress_nd geometry_gist_consistent_2d
        geometry_gist_consistent_nd geometry_gist_decompress_2d geometry_gist_decompress_nd
        geometry_gist_distance_2d geometry_gist_distance_nd geometry_gist_penalty_2d
        geometry_gist_penalty_nd geometry_gist_picksplit_2d geometry_gist_picksplit_nd
        geometry_gist_same_2d geometry_gist_same_nd geometry_gist_sortsupport_2d
        geometry_gist_union_2d geometry_gist_union_nd geometry_in geometry_out geometry_recv
        geometry_sortsupport geometry_spgist_choose_2d geometry_spgist_choose_3d
        geometry_spgist_choose_nd geometry_spgist_compress_2d geometry_spgist_compress_3d
        geometry_spgist_compress_nd geometry_spgist_config_2d geometry_spgist_config_3d
        geometry_spgist_config_nd geometry_spgist_inner_consistent_2d
        geometry_spgist_inner_consistent_3d geometry_spgist_inner_consistent_nd
        geometry_spgist_leaf_consistent_2d geometry_spgist_leaf_consistent_3d
        geometry_spgist_leaf_consistent_nd geometry_spgist_picksplit_2d
        geometry_spgist_picksplit_3d geometry_spgist_picksplit_nd geometry_typmod_out
        gidx_in gidx_out gserialized_gist_joinsel_2d gserialized_gist_joinsel_nd
        gserialized_gist_sel_2d gserialized_gist_sel_nd pgis_asflatgeobuf_finalfn
        pgis_asflatgeobuf_transfn pgis_asgeobuf_finalfn pgis_asgeobuf_transfn
        pgis_asmvt_combinefn pgis_asmvt_deserialfn pgis_asmvt_finalfn pgis_asmvt_serialfn
        pgis_asmvt_transfn pgis_geometry_accum_transfn
        pgis_geometry_clusterintersecting_finalfn pgis_geometry_clusterwithin_finalfn
        pgis_geometry_collect_finalfn pgis_geometry_makeline_finalfn
        pgis_geometry_polygonize_finalfn pgis_geometry_union_parallel_combinefn
        pgis_geometry_union_parallel_deserialfn pgis_geometry_union_parallel_finalfn
        pgis_geometry_union_parallel_serialfn pgis_geometry_union_parallel_transfn
        postgis_index_supportfn spheroid_in spheroid_out st_swapordinates
    """,
    "seg": """
        gseg_consistent gseg_penalty gseg_picksplit gseg_same gseg_union seg_in seg_out
    """,
    "tsm_system_rows": """
        system_rows
    """,
    "tsm_system_time": """
        system_time
    """,
    "unaccent": """
        unaccent_init unaccent_lexize
    """,
    "vector": """
        halfvec_in halfvec_out halfvec_recv hnsw_bit_support hnsw_halfvec_support
        hnsw_sparsevec_support hnswhandler ivfflat_bit_support ivfflat_halfvec_support
        ivfflathandler sparsevec_in sparsevec_out sparsevec_recv vector_in vector_out
        vector_recv
    """,
}


def names(extension: str) -> list[str]:
    """The names of an extension's support functions."""
    return _NAMES.get(extension, "").split()
