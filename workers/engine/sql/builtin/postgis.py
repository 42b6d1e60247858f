"""What PostGIS 3.3 brings, as `extensions` reads it; from its catalogue."""

from __future__ import annotations

TEXTS = {
    "postgis": r"""
types: box2d; box2df; box3d; geography; geometry; geometry_dump; gidx; spheroid; valid_detail
functions: _postgis_deprecate(text, text, text) void; _postgis_index_extent(regclass, text)
  box2d; _postgis_join_selectivity(regclass, text, regclass, text, text) double precision;
  _postgis_pgsql_version() text; _postgis_scripts_pgsql_version() text;
  _postgis_selectivity(regclass, text, geometry, text) double precision;
  _postgis_stats(regclass, text, text) text; _st_3ddfullywithin(geometry, geometry, double
  precision) boolean; _st_3ddwithin(geometry, geometry, double precision) boolean;
  _st_3dintersects(geometry, geometry) boolean; _st_asgml(integer, geometry, integer, integer,
  text, text) text; _st_asx3d(integer, geometry, integer, integer, text) text;
  _st_bestsrid(geography) integer; _st_bestsrid(geography, geography) integer;
  _st_contains(geometry, geometry) boolean; _st_containsproperly(geometry, geometry) boolean;
  _st_coveredby(geography, geography) boolean; _st_coveredby(geometry, geometry) boolean;
  _st_covers(geography, geography) boolean; _st_covers(geometry, geometry) boolean;
  _st_crosses(geometry, geometry) boolean; _st_dfullywithin(geometry, geometry, double
  precision) boolean; _st_distancetree(geography, geography) double precision;
  _st_distancetree(geography, geography, double precision, boolean) double precision;
  _st_distanceuncached(geography, geography) double precision; _st_distanceuncached(geography,
  geography, boolean) double precision; _st_distanceuncached(geography, geography, double
  precision, boolean) double precision; _st_dwithin(geography, geography, double precision,
  boolean) boolean; _st_dwithin(geometry, geometry, double precision) boolean;
  _st_dwithinuncached(geography, geography, double precision) boolean;
  _st_dwithinuncached(geography, geography, double precision, boolean) boolean;
  _st_equals(geometry, geometry) boolean; _st_expand(geography, double precision) geography;
  _st_geomfromgml(text, integer) geometry; _st_intersects(geometry, geometry) boolean;
  _st_linecrossingdirection(geometry, geometry) integer; _st_longestline(geometry, geometry)
  geometry; _st_maxdistance(geometry, geometry) double precision; _st_orderingequals(geometry,
  geometry) boolean; _st_overlaps(geometry, geometry) boolean; _st_pointoutside(geography)
  geography; _st_sortablehash(geometry) bigint; _st_touches(geometry, geometry) boolean;
  _st_voronoi(geometry, geometry, double precision, boolean) geometry; _st_within(geometry,
  geometry) boolean; addauth(text) boolean; addgeometrycolumn(character varying, character
  varying, character varying, character varying, integer, character varying, integer, boolean)
  text; addgeometrycolumn(character varying, character varying, character varying, integer,
  character varying, integer, boolean) text; addgeometrycolumn(character varying, character
  varying, integer, character varying, integer, boolean) text; box(box3d) box; box(geometry)
  box; box2d(box3d) box2d; box2d(geometry) box2d; box3d(box2d) box3d; box3d(geometry) box3d;
  box3dtobox(box3d) box; bytea(geography) bytea; bytea(geometry) bytea; checkauth(text, text)
  integer; checkauth(text, text, text) integer; checkauthtrigger() trigger; contains_2d(box2df,
  box2df) boolean; contains_2d(box2df, geometry) boolean; contains_2d(geometry, box2df) boolean;
  disablelongtransactions() text; dropgeometrycolumn(character varying, character varying) text;
  dropgeometrycolumn(character varying, character varying, character varying) text;
  dropgeometrycolumn(character varying, character varying, character varying, character varying)
  text; dropgeometrytable(character varying) text; dropgeometrytable(character varying,
  character varying) text; dropgeometrytable(character varying, character varying, character
  varying) text; enablelongtransactions() text; equals(geometry, geometry) boolean;
  find_srid(character varying, character varying, character varying) integer; geography(bytea)
  geography; geography(geography, integer, boolean) geography; geography(geometry) geography;
  geography_cmp(geography, geography) integer; geography_distance_knn(geography, geography)
  double precision; geography_eq(geography, geography) boolean; geography_ge(geography,
  geography) boolean; geography_gt(geography, geography) boolean; geography_le(geography,
  geography) boolean; geography_lt(geography, geography) boolean; geography_overlaps(geography,
  geography) boolean; geography_send(geography) bytea; geography_typmod_in(cstring[]) integer;
  geometry(box2d) geometry; geometry(box3d) geometry; geometry(bytea) geometry;
  geometry(geography) geometry; geometry(geometry, integer, boolean) geometry; geometry(path)
  geometry; geometry(point) geometry; geometry(polygon) geometry; geometry(text) geometry;
  geometry_above(geometry, geometry) boolean; geometry_below(geometry, geometry) boolean;
  geometry_cmp(geometry, geometry) integer; geometry_contained_3d(geometry, geometry) boolean;
  geometry_contains(geometry, geometry) boolean; geometry_contains_3d(geometry, geometry)
  boolean; geometry_contains_nd(geometry, geometry) boolean; geometry_distance_box(geometry,
  geometry) double precision; geometry_distance_centroid(geometry, geometry) double precision;
  geometry_distance_centroid_nd(geometry, geometry) double precision;
  geometry_distance_cpa(geometry, geometry) double precision; geometry_eq(geometry, geometry)
  boolean; geometry_ge(geometry, geometry) boolean; geometry_gt(geometry, geometry) boolean;
  geometry_hash(geometry) integer; geometry_le(geometry, geometry) boolean;
  geometry_left(geometry, geometry) boolean; geometry_lt(geometry, geometry) boolean;
  geometry_overabove(geometry, geometry) boolean; geometry_overbelow(geometry, geometry)
  boolean; geometry_overlaps(geometry, geometry) boolean; geometry_overlaps_3d(geometry,
  geometry) boolean; geometry_overlaps_nd(geometry, geometry) boolean;
  geometry_overleft(geometry, geometry) boolean; geometry_overright(geometry, geometry) boolean;
  geometry_right(geometry, geometry) boolean; geometry_same(geometry, geometry) boolean;
  geometry_same_3d(geometry, geometry) boolean; geometry_same_nd(geometry, geometry) boolean;
  geometry_send(geometry) bytea; geometry_typmod_in(cstring[]) integer;
  geometry_within(geometry, geometry) boolean; geometry_within_nd(geometry, geometry) boolean;
  geometrytype(geography) text; geometrytype(geometry) text; geomfromewkb(bytea) geometry;
  geomfromewkt(text) geometry; get_proj4_from_srid(integer) text; gettransactionid() xid;
  is_contained_2d(box2df, box2df) boolean; is_contained_2d(box2df, geometry) boolean;
  is_contained_2d(geometry, box2df) boolean; json(geometry) json; jsonb(geometry) jsonb;
  lockrow(text, text, text) integer; lockrow(text, text, text, text) integer; lockrow(text,
  text, text, text, timestamp without time zone) integer; lockrow(text, text, text, timestamp
  without time zone) integer; longtransactionsenabled() boolean; overlaps_2d(box2df, box2df)
  boolean; overlaps_2d(box2df, geometry) boolean; overlaps_2d(geometry, box2df) boolean;
  overlaps_geog(geography, gidx) boolean; overlaps_geog(gidx, geography) boolean;
  overlaps_geog(gidx, gidx) boolean; overlaps_nd(geometry, gidx) boolean; overlaps_nd(gidx,
  geometry) boolean; overlaps_nd(gidx, gidx) boolean; path(geometry) path; point(geometry)
  point; polygon(geometry) polygon; populate_geometry_columns(boolean) text;
  populate_geometry_columns(oid, boolean) integer; postgis_addbbox(geometry) geometry;
  postgis_cache_bbox() trigger; postgis_constraint_dims(text, text, text) integer;
  postgis_constraint_srid(text, text, text) integer; postgis_constraint_type(text, text, text)
  character varying; postgis_dropbbox(geometry) geometry; postgis_extensions_upgrade() text;
  postgis_full_version() text; postgis_geos_noop(geometry) geometry; postgis_geos_version()
  text; postgis_getbbox(geometry) box2d; postgis_hasbbox(geometry) boolean;
  postgis_lib_build_date() text; postgis_lib_revision() text; postgis_lib_version() text;
  postgis_libjson_version() text; postgis_liblwgeom_version() text;
  postgis_libprotobuf_version() text; postgis_libxml_version() text; postgis_noop(geometry)
  geometry; postgis_proj_version() text; postgis_scripts_build_date() text;
  postgis_scripts_installed() text; postgis_scripts_released() text; postgis_svn_version() text;
  postgis_transform_geometry(geometry, text, text, integer) geometry;
  postgis_type_name(character varying, integer, boolean) character varying;
  postgis_typmod_dims(integer) integer; postgis_typmod_srid(integer) integer;
  postgis_typmod_type(integer) text; postgis_version() text; postgis_wagyu_version() text;
  st_3dclosestpoint(geometry, geometry) geometry; st_3ddfullywithin(geometry, geometry, double
  precision) boolean; st_3ddistance(geometry, geometry) double precision; st_3ddwithin(geometry,
  geometry, double precision) boolean; aggregate st_3dextent(geometry) box3d;
  st_3dintersects(geometry, geometry) boolean; st_3dlength(geometry) double precision;
  st_3dlineinterpolatepoint(geometry, double precision) geometry; st_3dlongestline(geometry,
  geometry) geometry; st_3dmakebox(geometry, geometry) box3d; st_3dmaxdistance(geometry,
  geometry) double precision; st_3dperimeter(geometry) double precision;
  st_3dshortestline(geometry, geometry) geometry; st_addmeasure(geometry, double precision,
  double precision) geometry; st_addpoint(geometry, geometry) geometry; st_addpoint(geometry,
  geometry, integer) geometry; st_affine(geometry, double precision, double precision, double
  precision, double precision, double precision, double precision) geometry; st_affine(geometry,
  double precision, double precision, double precision, double precision, double precision,
  double precision, double precision, double precision, double precision, double precision,
  double precision, double precision) geometry; st_angle(geometry, geometry) double precision;
  st_angle(geometry, geometry, geometry, geometry) double precision; st_area(geography, boolean)
  double precision; st_area(geometry) double precision; st_area(text) double precision;
  st_area2d(geometry) double precision; st_asbinary(geography) bytea; st_asbinary(geography,
  text) bytea; st_asbinary(geometry) bytea; st_asbinary(geometry, text) bytea;
  st_asencodedpolyline(geometry, integer) text; st_asewkb(geometry) bytea; st_asewkb(geometry,
  text) bytea; st_asewkt(geography) text; st_asewkt(geography, integer) text;
  st_asewkt(geometry) text; st_asewkt(geometry, integer) text; st_asewkt(text) text; aggregate
  st_asflatgeobuf(anyelement) bytea; aggregate st_asflatgeobuf(anyelement, boolean) bytea;
  aggregate st_asflatgeobuf(anyelement, boolean, text) bytea; aggregate st_asgeobuf(anyelement)
  bytea; aggregate st_asgeobuf(anyelement, text) bytea; st_asgeojson(geography, integer,
  integer) text; st_asgeojson(geometry, integer, integer) text; st_asgeojson(record, text,
  integer, boolean) text; st_asgeojson(text) text; st_asgml(geography, integer, integer, text,
  text) text; st_asgml(geometry, integer, integer) text; st_asgml(integer, geography, integer,
  integer, text, text) text; st_asgml(integer, geometry, integer, integer, text, text) text;
  st_asgml(text) text; st_ashexewkb(geometry) text; st_ashexewkb(geometry, text) text;
  st_askml(geography, integer, text) text; st_askml(geometry, integer, text) text;
  st_askml(text) text; st_aslatlontext(geometry, text) text; st_asmarc21(geometry, text) text;
  aggregate st_asmvt(anyelement) bytea; aggregate st_asmvt(anyelement, text) bytea; aggregate
  st_asmvt(anyelement, text, integer) bytea; aggregate st_asmvt(anyelement, text, integer, text)
  bytea; aggregate st_asmvt(anyelement, text, integer, text, text) bytea; st_asmvtgeom(geometry,
  box2d, integer, integer, boolean) geometry; st_assvg(geography, integer, integer) text;
  st_assvg(geometry, integer, integer) text; st_assvg(text) text; st_astext(geography) text;
  st_astext(geography, integer) text; st_astext(geometry) text; st_astext(geometry, integer)
  text; st_astext(text) text; st_astwkb(geometry, integer, integer, integer, boolean, boolean)
  bytea; st_astwkb(geometry[], bigint[], integer, integer, integer, boolean, boolean) bytea;
  st_asx3d(geometry, integer, integer) text; st_azimuth(geography, geography) double precision;
  st_azimuth(geometry, geometry) double precision; st_bdmpolyfromtext(text, integer) geometry;
  st_bdpolyfromtext(text, integer) geometry; st_boundary(geometry) geometry;
  st_boundingdiagonal(geometry, boolean) geometry; st_box2dfromgeohash(text, integer) box2d;
  st_buffer(geography, double precision) geography; st_buffer(geography, double precision,
  integer) geography; st_buffer(geography, double precision, text) geography;
  st_buffer(geometry, double precision, integer) geometry; st_buffer(geometry, double precision,
  text) geometry; st_buffer(text, double precision) geometry; st_buffer(text, double precision,
  integer) geometry; st_buffer(text, double precision, text) geometry; st_buildarea(geometry)
  geometry; st_centroid(geography, boolean) geography; st_centroid(geometry) geometry;
  st_centroid(text) geometry; st_chaikinsmoothing(geometry, integer, boolean) geometry;
  st_cleangeometry(geometry) geometry; st_clipbybox2d(geometry, box2d) geometry;
  st_closestpoint(geometry, geometry) geometry; st_closestpointofapproach(geometry, geometry)
  double precision; window st_clusterdbscan(geometry, double precision, integer) integer;
  aggregate st_clusterintersecting(geometry) geometry[]; st_clusterintersecting(geometry[])
  geometry[]; window st_clusterkmeans(geometry, integer, double precision) integer; aggregate
  st_clusterwithin(geometry, double precision) geometry[]; st_clusterwithin(geometry[], double
  precision) geometry[]; aggregate st_collect(geometry) geometry; st_collect(geometry, geometry)
  geometry; st_collect(geometry[]) geometry; st_collectionextract(geometry) geometry;
  st_collectionextract(geometry, integer) geometry; st_collectionhomogenize(geometry) geometry;
  st_combinebbox(box2d, geometry) box2d; st_combinebbox(box3d, box3d) box3d;
  st_combinebbox(box3d, geometry) box3d; st_concavehull(geometry, double precision, boolean)
  geometry; st_contains(geometry, geometry) boolean; st_containsproperly(geometry, geometry)
  boolean; st_convexhull(geometry) geometry; st_coorddim(geometry) smallint;
  st_coveredby(geography, geography) boolean; st_coveredby(geometry, geometry) boolean;
  st_coveredby(text, text) boolean; st_covers(geography, geography) boolean; st_covers(geometry,
  geometry) boolean; st_covers(text, text) boolean; st_cpawithin(geometry, geometry, double
  precision) boolean; st_crosses(geometry, geometry) boolean; st_curvetoline(geometry, double
  precision, integer, integer) geometry; st_delaunaytriangles(geometry, double precision,
  integer) geometry; st_dfullywithin(geometry, geometry, double precision) boolean;
  st_difference(geometry, geometry, double precision) geometry; st_dimension(geometry) integer;
  st_disjoint(geometry, geometry) boolean; st_distance(geography, geography, boolean) double
  precision; st_distance(geometry, geometry) double precision; st_distance(text, text) double
  precision; st_distancecpa(geometry, geometry) double precision; st_distancesphere(geometry,
  geometry) double precision; st_distancesphere(geometry, geometry, double precision) double
  precision; st_distancespheroid(geometry, geometry) double precision;
  st_distancespheroid(geometry, geometry, spheroid) double precision; st_dump(geometry) SETOF
  geometry_dump; st_dumppoints(geometry) SETOF geometry_dump; st_dumprings(geometry) SETOF
  geometry_dump; st_dumpsegments(geometry) SETOF geometry_dump; st_dwithin(geography, geography,
  double precision, boolean) boolean; st_dwithin(geometry, geometry, double precision) boolean;
  st_dwithin(text, text, double precision) boolean; st_endpoint(geometry) geometry;
  st_envelope(geometry) geometry; st_equals(geometry, geometry) boolean;
  st_estimatedextent(text, text) box2d; st_estimatedextent(text, text, text) box2d;
  st_estimatedextent(text, text, text, boolean) box2d; st_expand(box2d, double precision) box2d;
  st_expand(box2d, double precision, double precision) box2d; st_expand(box3d, double precision)
  box3d; st_expand(box3d, double precision, double precision, double precision) box3d;
  st_expand(geometry, double precision) geometry; st_expand(geometry, double precision, double
  precision, double precision, double precision) geometry; aggregate st_extent(geometry) box2d;
  st_exteriorring(geometry) geometry; st_filterbym(geometry, double precision, double precision,
  boolean) geometry; st_findextent(text, text) box2d; st_findextent(text, text, text) box2d;
  st_flipcoordinates(geometry) geometry; st_force2d(geometry) geometry; st_force3d(geometry,
  double precision) geometry; st_force3dm(geometry, double precision) geometry;
  st_force3dz(geometry, double precision) geometry; st_force4d(geometry, double precision,
  double precision) geometry; st_forcecollection(geometry) geometry; st_forcecurve(geometry)
  geometry; st_forcepolygonccw(geometry) geometry; st_forcepolygoncw(geometry) geometry;
  st_forcerhr(geometry) geometry; st_forcesfs(geometry) geometry; st_forcesfs(geometry, text)
  geometry; st_frechetdistance(geometry, geometry, double precision) double precision;
  st_fromflatgeobuf(anyelement, bytea) SETOF anyelement; st_fromflatgeobuftotable(text, text,
  bytea) void; st_generatepoints(geometry, integer) geometry; st_generatepoints(geometry,
  integer, integer) geometry; st_geogfromtext(text) geography; st_geogfromwkb(bytea) geography;
  st_geographyfromtext(text) geography; st_geohash(geography, integer) text;
  st_geohash(geometry, integer) text; st_geomcollfromtext(text) geometry;
  st_geomcollfromtext(text, integer) geometry; st_geomcollfromwkb(bytea) geometry;
  st_geomcollfromwkb(bytea, integer) geometry; st_geometricmedian(geometry, double precision,
  integer, boolean) geometry; st_geometryfromtext(text) geometry; st_geometryfromtext(text,
  integer) geometry; st_geometryn(geometry, integer) geometry; st_geometrytype(geometry) text;
  st_geomfromewkb(bytea) geometry; st_geomfromewkt(text) geometry; st_geomfromgeohash(text,
  integer) geometry; st_geomfromgeojson(json) geometry; st_geomfromgeojson(jsonb) geometry;
  st_geomfromgeojson(text) geometry; st_geomfromgml(text) geometry; st_geomfromgml(text,
  integer) geometry; st_geomfromkml(text) geometry; st_geomfrommarc21(text) geometry;
  st_geomfromtext(text) geometry; st_geomfromtext(text, integer) geometry;
  st_geomfromtwkb(bytea) geometry; st_geomfromwkb(bytea) geometry; st_geomfromwkb(bytea,
  integer) geometry; st_gmltosql(text) geometry; st_gmltosql(text, integer) geometry;
  st_hasarc(geometry) boolean; st_hausdorffdistance(geometry, geometry) double precision;
  st_hausdorffdistance(geometry, geometry, double precision) double precision; st_hexagon(double
  precision, integer, integer, geometry) geometry; st_hexagongrid(double precision, geometry)
  SETOF record; st_interiorringn(geometry, integer) geometry; st_interpolatepoint(geometry,
  geometry) double precision; st_intersection(geography, geography) geography;
  st_intersection(geometry, geometry, double precision) geometry; st_intersection(text, text)
  geometry; st_intersects(geography, geography) boolean; st_intersects(geometry, geometry)
  boolean; st_intersects(text, text) boolean; st_isclosed(geometry) boolean;
  st_iscollection(geometry) boolean; st_isempty(geometry) boolean; st_ispolygonccw(geometry)
  boolean; st_ispolygoncw(geometry) boolean; st_isring(geometry) boolean; st_issimple(geometry)
  boolean; st_isvalid(geometry) boolean; st_isvalid(geometry, integer) boolean;
  st_isvaliddetail(geometry, integer) valid_detail; st_isvalidreason(geometry) text;
  st_isvalidreason(geometry, integer) text; st_isvalidtrajectory(geometry) boolean;
  st_length(geography, boolean) double precision; st_length(geometry) double precision;
  st_length(text) double precision; st_length2d(geometry) double precision;
  st_length2dspheroid(geometry, spheroid) double precision; st_lengthspheroid(geometry,
  spheroid) double precision; st_letters(text, json) geometry;
  st_linecrossingdirection(geometry, geometry) integer; st_linefromencodedpolyline(text,
  integer) geometry; st_linefrommultipoint(geometry) geometry; st_linefromtext(text) geometry;
  st_linefromtext(text, integer) geometry; st_linefromwkb(bytea) geometry; st_linefromwkb(bytea,
  integer) geometry; st_lineinterpolatepoint(geometry, double precision) geometry;
  st_lineinterpolatepoints(geometry, double precision, boolean) geometry;
  st_linelocatepoint(geometry, geometry) double precision; st_linemerge(geometry) geometry;
  st_linemerge(geometry, boolean) geometry; st_linestringfromwkb(bytea) geometry;
  st_linestringfromwkb(bytea, integer) geometry; st_linesubstring(geometry, double precision,
  double precision) geometry; st_linetocurve(geometry) geometry; st_locatealong(geometry, double
  precision, double precision) geometry; st_locatebetween(geometry, double precision, double
  precision, double precision) geometry; st_locatebetweenelevations(geometry, double precision,
  double precision) geometry; st_longestline(geometry, geometry) geometry; st_m(geometry) double
  precision; st_makebox2d(geometry, geometry) box2d; st_makeenvelope(double precision, double
  precision, double precision, double precision, integer) geometry; aggregate
  st_makeline(geometry) geometry; st_makeline(geometry, geometry) geometry;
  st_makeline(geometry[]) geometry; st_makepoint(double precision, double precision) geometry;
  st_makepoint(double precision, double precision, double precision) geometry;
  st_makepoint(double precision, double precision, double precision, double precision) geometry;
  st_makepointm(double precision, double precision, double precision) geometry;
  st_makepolygon(geometry) geometry; st_makepolygon(geometry, geometry[]) geometry;
  st_makevalid(geometry) geometry; st_makevalid(geometry, text) geometry;
  st_maxdistance(geometry, geometry) double precision; st_maximuminscribedcircle(geometry)
  record; aggregate st_memcollect(geometry) geometry; st_memsize(geometry) integer; aggregate
  st_memunion(geometry) geometry; st_minimumboundingcircle(geometry, integer) geometry;
  st_minimumboundingradius(geometry) record; st_minimumclearance(geometry) double precision;
  st_minimumclearanceline(geometry) geometry; st_mlinefromtext(text) geometry;
  st_mlinefromtext(text, integer) geometry; st_mlinefromwkb(bytea) geometry;
  st_mlinefromwkb(bytea, integer) geometry; st_mpointfromtext(text) geometry;
  st_mpointfromtext(text, integer) geometry; st_mpointfromwkb(bytea) geometry;
  st_mpointfromwkb(bytea, integer) geometry; st_mpolyfromtext(text) geometry;
  st_mpolyfromtext(text, integer) geometry; st_mpolyfromwkb(bytea) geometry;
  st_mpolyfromwkb(bytea, integer) geometry; st_multi(geometry) geometry;
  st_multilinefromwkb(bytea) geometry; st_multilinestringfromtext(text) geometry;
  st_multilinestringfromtext(text, integer) geometry; st_multipointfromtext(text) geometry;
  st_multipointfromwkb(bytea) geometry; st_multipointfromwkb(bytea, integer) geometry;
  st_multipolyfromwkb(bytea) geometry; st_multipolyfromwkb(bytea, integer) geometry;
  st_multipolygonfromtext(text) geometry; st_multipolygonfromtext(text, integer) geometry;
  st_ndims(geometry) smallint; st_node(geometry) geometry; st_normalize(geometry) geometry;
  st_npoints(geometry) integer; st_nrings(geometry) integer; st_numgeometries(geometry) integer;
  st_numinteriorring(geometry) integer; st_numinteriorrings(geometry) integer;
  st_numpatches(geometry) integer; st_numpoints(geometry) integer; st_offsetcurve(geometry,
  double precision, text) geometry; st_orderingequals(geometry, geometry) boolean;
  st_orientedenvelope(geometry) geometry; st_overlaps(geometry, geometry) boolean;
  st_patchn(geometry, integer) geometry; st_perimeter(geography, boolean) double precision;
  st_perimeter(geometry) double precision; st_perimeter2d(geometry) double precision;
  st_point(double precision, double precision) geometry; st_point(double precision, double
  precision, integer) geometry; st_pointfromgeohash(text, integer) geometry;
  st_pointfromtext(text) geometry; st_pointfromtext(text, integer) geometry;
  st_pointfromwkb(bytea) geometry; st_pointfromwkb(bytea, integer) geometry;
  st_pointinsidecircle(geometry, double precision, double precision, double precision) boolean;
  st_pointm(double precision, double precision, double precision, integer) geometry;
  st_pointn(geometry, integer) geometry; st_pointonsurface(geometry) geometry;
  st_points(geometry) geometry; st_pointz(double precision, double precision, double precision,
  integer) geometry; st_pointzm(double precision, double precision, double precision, double
  precision, integer) geometry; st_polyfromtext(text) geometry; st_polyfromtext(text, integer)
  geometry; st_polyfromwkb(bytea) geometry; st_polyfromwkb(bytea, integer) geometry;
  st_polygon(geometry, integer) geometry; st_polygonfromtext(text) geometry;
  st_polygonfromtext(text, integer) geometry; st_polygonfromwkb(bytea) geometry;
  st_polygonfromwkb(bytea, integer) geometry; aggregate st_polygonize(geometry) geometry;
  st_polygonize(geometry[]) geometry; st_project(geography, double precision, double precision)
  geography; st_quantizecoordinates(geometry, integer, integer, integer, integer) geometry;
  st_reduceprecision(geometry, double precision) geometry; st_relate(geometry, geometry) text;
  st_relate(geometry, geometry, integer) text; st_relate(geometry, geometry, text) boolean;
  st_relatematch(text, text) boolean; st_removepoint(geometry, integer) geometry;
  st_removerepeatedpoints(geometry, double precision) geometry; st_reverse(geometry) geometry;
  st_rotate(geometry, double precision) geometry; st_rotate(geometry, double precision, double
  precision, double precision) geometry; st_rotate(geometry, double precision, geometry)
  geometry; st_rotatex(geometry, double precision) geometry; st_rotatey(geometry, double
  precision) geometry; st_rotatez(geometry, double precision) geometry; st_scale(geometry,
  double precision, double precision) geometry; st_scale(geometry, double precision, double
  precision, double precision) geometry; st_scale(geometry, geometry) geometry;
  st_scale(geometry, geometry, geometry) geometry; st_scroll(geometry, geometry) geometry;
  st_segmentize(geography, double precision) geography; st_segmentize(geometry, double
  precision) geometry; st_seteffectivearea(geometry, double precision, integer) geometry;
  st_setpoint(geometry, integer, geometry) geometry; st_setsrid(geography, integer) geography;
  st_setsrid(geometry, integer) geometry; st_sharedpaths(geometry, geometry) geometry;
  st_shiftlongitude(geometry) geometry; st_shortestline(geometry, geometry) geometry;
  st_simplify(geometry, double precision) geometry; st_simplify(geometry, double precision,
  boolean) geometry; st_simplifypolygonhull(geometry, double precision, boolean) geometry;
  st_simplifypreservetopology(geometry, double precision) geometry; st_simplifyvw(geometry,
  double precision) geometry; st_snap(geometry, geometry, double precision) geometry;
  st_snaptogrid(geometry, double precision) geometry; st_snaptogrid(geometry, double precision,
  double precision) geometry; st_snaptogrid(geometry, double precision, double precision, double
  precision, double precision) geometry; st_snaptogrid(geometry, geometry, double precision,
  double precision, double precision, double precision) geometry; st_split(geometry, geometry)
  geometry; st_square(double precision, integer, integer, geometry) geometry;
  st_squaregrid(double precision, geometry) SETOF record; st_srid(geography) integer;
  st_srid(geometry) integer; st_startpoint(geometry) geometry; st_subdivide(geometry, integer,
  double precision) SETOF geometry; st_summary(geography) text; st_summary(geometry) text;
  st_symdifference(geometry, geometry, double precision) geometry;
  st_symmetricdifference(geometry, geometry) geometry; st_tileenvelope(integer, integer,
  integer, geometry, double precision) geometry; st_touches(geometry, geometry) boolean;
  st_transform(geometry, integer) geometry; st_transform(geometry, text) geometry;
  st_transform(geometry, text, integer) geometry; st_transform(geometry, text, text) geometry;
  st_translate(geometry, double precision, double precision) geometry; st_translate(geometry,
  double precision, double precision, double precision) geometry; st_transscale(geometry, double
  precision, double precision, double precision, double precision) geometry;
  st_triangulatepolygon(geometry) geometry; st_unaryunion(geometry, double precision) geometry;
  aggregate st_union(geometry) geometry; aggregate st_union(geometry, double precision)
  geometry; st_union(geometry, geometry) geometry; st_union(geometry, geometry, double
  precision) geometry; st_union(geometry[]) geometry; st_voronoilines(geometry, double
  precision, geometry) geometry; st_voronoipolygons(geometry, double precision, geometry)
  geometry; st_within(geometry, geometry) boolean; st_wkbtosql(bytea) geometry;
  st_wkttosql(text) geometry; st_wrapx(geometry, double precision, double precision) geometry;
  st_x(geometry) double precision; st_xmax(box3d) double precision; st_xmin(box3d) double
  precision; st_y(geometry) double precision; st_ymax(box3d) double precision; st_ymin(box3d)
  double precision; st_z(geometry) double precision; st_zmax(box3d) double precision;
  st_zmflag(geometry) smallint; st_zmin(box3d) double precision; text(geometry) text;
  unlockrows(text) integer; updategeometrysrid(character varying, character varying, character
  varying, character varying, integer) text; updategeometrysrid(character varying, character
  varying, character varying, integer) text; updategeometrysrid(character varying, character
  varying, integer) text
operators: box2df && box2df boolean; box2df && geometry boolean; geography && geography boolean;
  geography && gidx boolean; geometry && box2df boolean; geometry && geometry boolean; gidx &&
  geography boolean; gidx && gidx boolean; geometry &&& geometry boolean; geometry &&& gidx
  boolean; gidx &&& geometry boolean; gidx &&& gidx boolean; geometry &/& geometry boolean;
  geometry &< geometry boolean; geometry &<| geometry boolean; geometry &> geometry boolean;
  geography < geography boolean; geometry < geometry boolean; geometry <#> geometry double
  precision; geography <-> geography double precision; geometry <-> geometry double precision;
  geometry << geometry boolean; geometry <<->> geometry double precision; geometry <<@ geometry
  boolean; geometry <<| geometry boolean; geography <= geography boolean; geometry <= geometry
  boolean; geography = geography boolean; geometry = geometry boolean; geography > geography
  boolean; geometry > geometry boolean; geography >= geography boolean; geometry >= geometry
  boolean; geometry >> geometry boolean; box2df @ box2df boolean; box2df @ geometry boolean;
  geometry @ box2df boolean; geometry @ geometry boolean; geometry @>> geometry boolean;
  geometry @@ geometry boolean; geometry |&> geometry boolean; geometry |=| geometry double
  precision; geometry |>> geometry boolean; box2df ~ box2df boolean; box2df ~ geometry boolean;
  geometry ~ box2df boolean; geometry ~ geometry boolean; geometry ~= geometry boolean; geometry
  ~== geometry boolean; geometry ~~ geometry boolean; geometry ~~= geometry boolean
classes: brin brin_geography_inclusion_ops geography; brin brin_geometry_inclusion_ops_2d
  geometry; brin brin_geometry_inclusion_ops_3d; brin brin_geometry_inclusion_ops_4d; btree
  btree_geography_ops geography; btree btree_geometry_ops geometry; gist gist_geography_ops
  geography; gist gist_geometry_ops_2d geometry; gist gist_geometry_ops_nd; hash
  hash_geometry_ops geometry; spgist spgist_geography_ops_nd geography; spgist
  spgist_geometry_ops_2d geometry; spgist spgist_geometry_ops_3d; spgist spgist_geometry_ops_nd
casts: box2d > box3d i; box2d > geometry i; box3d > box i; box3d > box2d i; box3d > geometry i;
  bytea > geography i; bytea > geometry i; geography > bytea i; geography > geography i;
  geography > geometry e; geometry > box a; geometry > box2d i; geometry > box3d i; geometry >
  bytea i; geometry > geography i; geometry > geometry i; geometry > json e; geometry > jsonb e;
  geometry > path e; geometry > point e; geometry > polygon e; geometry > text i; path >
  geometry e; point > geometry e; polygon > geometry e; text > geometry i
relations: spatial_ref_sys; geography_columns; geometry_columns
""",
    "postgis_topology": r"""
requires: postgis
schema: topology
types: getfaceedges_returntype; topoelement; topoelementarray; topogeometry;
  validatetopology_returntype
functions: _asgmledge(integer, integer, integer, geometry, regclass, text, integer, integer,
  text, integer) text; _asgmlface(text, integer, regclass, text, integer, integer, text,
  integer) text; _asgmlnode(integer, geometry, text, integer, integer, text, integer) text;
  _checkedgelinking(integer, integer, integer, integer) topology.validatetopology_returntype;
  _st_adjacentedges(character varying, integer, integer) integer[]; _st_mintolerance(character
  varying, geometry) double precision; _st_mintolerance(geometry) double precision;
  _validatetopologyedgelinking(geometry) SETOF topology.validatetopology_returntype;
  _validatetopologygetfaceshellmaximaledgering(character varying, integer) geometry;
  _validatetopologygetringedges(integer) integer[]; _validatetopologyrings(geometry) SETOF
  topology.validatetopology_returntype; addedge(character varying, geometry) integer;
  addface(character varying, geometry, boolean) integer; addnode(character varying, geometry,
  boolean, boolean) integer; addtopogeometrycolumn(character varying, character varying,
  character varying, character varying, character varying) integer;
  addtopogeometrycolumn(character varying, character varying, character varying, character
  varying, character varying, integer) integer; addtosearchpath(character varying) text;
  asgml(topology.topogeometry) text; asgml(topology.topogeometry, regclass) text;
  asgml(topology.topogeometry, regclass, text) text; asgml(topology.topogeometry, text) text;
  asgml(topology.topogeometry, text, integer, integer) text; asgml(topology.topogeometry, text,
  integer, integer, regclass) text; asgml(topology.topogeometry, text, integer, integer,
  regclass, text) text; asgml(topology.topogeometry, text, integer, integer, regclass, text,
  integer) text; astopojson(topology.topogeometry, regclass) text;
  cleartopogeom(topology.topogeometry) topology.topogeometry; copytopology(character varying,
  character varying) integer; createtopogeom(character varying, integer, integer)
  topology.topogeometry; createtopogeom(character varying, integer, integer,
  topology.topoelementarray) topology.topogeometry; createtopology(character varying) integer;
  createtopology(character varying, integer) integer; createtopology(character varying, integer,
  double precision) integer; createtopology(character varying, integer, double precision,
  boolean) integer; droptopogeometrycolumn(character varying, character varying, character
  varying) text; droptopology(character varying) text; equals(topology.topogeometry,
  topology.topogeometry) boolean; findlayer(integer, integer) topology.layer; findlayer(name,
  name, name) topology.layer; findlayer(regclass, name) topology.layer;
  findlayer(topology.topogeometry) topology.layer; findtopology(integer) topology.topology;
  findtopology(name, name, name) topology.topology; findtopology(regclass, name)
  topology.topology; findtopology(text) topology.topology; findtopology(topology.topogeometry)
  topology.topology; geometry(topology.topogeometry) geometry;
  geometrytype(topology.topogeometry) text; getedgebypoint(character varying, geometry, double
  precision) integer; getfacebypoint(character varying, geometry, double precision) integer;
  getfacecontainingpoint(text, geometry) integer; getnodebypoint(character varying, geometry,
  double precision) integer; getnodeedges(character varying, integer) SETOF
  topology.getfaceedges_returntype; getringedges(character varying, integer, integer) SETOF
  topology.getfaceedges_returntype; gettopogeomelementarray(character varying, integer, integer)
  topology.topoelementarray; gettopogeomelementarray(topology.topogeometry)
  topology.topoelementarray; gettopogeomelements(character varying, integer, integer) SETOF
  topology.topoelement; gettopogeomelements(topology.topogeometry) SETOF topology.topoelement;
  gettopologyid(character varying) integer; gettopologyname(integer) character varying;
  gettopologysrid(character varying) integer; intersects(topology.topogeometry,
  topology.topogeometry) boolean; layertrigger() trigger; polygonize(character varying) text;
  populate_topology_layer() SETOF record; postgis_topology_scripts_installed() text;
  relationtrigger() trigger; removeunusedprimitives(text, geometry) integer;
  st_addedgemodface(character varying, integer, integer, geometry) integer;
  st_addedgenewfaces(character varying, integer, integer, geometry) integer;
  st_addisoedge(character varying, integer, integer, geometry) integer; st_addisonode(character
  varying, integer, geometry) integer; st_changeedgegeom(character varying, integer, geometry)
  text; st_createtopogeo(character varying, geometry) text;
  st_geometrytype(topology.topogeometry) text; st_getfaceedges(character varying, integer) SETOF
  topology.getfaceedges_returntype; st_getfacegeometry(character varying, integer) geometry;
  st_inittopogeo(character varying) text; st_modedgeheal(character varying, integer, integer)
  integer; st_modedgesplit(character varying, integer, geometry) integer;
  st_moveisonode(character varying, integer, geometry) text; st_newedgeheal(character varying,
  integer, integer) integer; st_newedgessplit(character varying, integer, geometry) integer;
  st_remedgemodface(character varying, integer) integer; st_remedgenewface(character varying,
  integer) integer; st_remisonode(character varying, integer) text; st_removeisoedge(character
  varying, integer) text; st_removeisonode(character varying, integer) text;
  st_simplify(topology.topogeometry, double precision) geometry; st_srid(topology.topogeometry)
  integer; aggregate topoelementarray_agg(topology.topoelement) topology.topoelementarray;
  topoelementarray_append(topology.topoelementarray, topology.topoelement)
  topology.topoelementarray; topogeo_addgeometry(character varying, geometry, double precision)
  void; topogeo_addlinestring(character varying, geometry, double precision) SETOF integer;
  topogeo_addpoint(character varying, geometry, double precision) integer;
  topogeo_addpolygon(character varying, geometry, double precision) SETOF integer;
  topogeom_addelement(topology.topogeometry, topology.topoelement) topology.topogeometry;
  topogeom_addtopogeom(topology.topogeometry, topology.topogeometry) topology.topogeometry;
  topogeom_remelement(topology.topogeometry, topology.topoelement) topology.topogeometry;
  topologysummary(character varying) text; totopogeom(geometry, character varying, integer,
  double precision) topology.topogeometry; totopogeom(geometry, topology.topogeometry, double
  precision) topology.topogeometry; validatetopology(character varying, geometry) SETOF
  topology.validatetopology_returntype; validatetopologyrelation(character varying) SETOF record
casts: topology.topogeometry > geometry i
relations: topology; layer
""",
}
