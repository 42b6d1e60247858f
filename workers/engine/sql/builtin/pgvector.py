"""What pgvector 0.8 brings, as `extensions` reads it; from its catalogue."""

from __future__ import annotations

TEXTS = {
    "vector": r"""
types: halfvec; sparsevec; vector
functions: array_to_halfvec(double precision[], integer, boolean) halfvec;
  array_to_halfvec(integer[], integer, boolean) halfvec; array_to_halfvec(numeric[], integer,
  boolean) halfvec; array_to_halfvec(real[], integer, boolean) halfvec;
  array_to_sparsevec(double precision[], integer, boolean) sparsevec;
  array_to_sparsevec(integer[], integer, boolean) sparsevec; array_to_sparsevec(numeric[],
  integer, boolean) sparsevec; array_to_sparsevec(real[], integer, boolean) sparsevec;
  array_to_vector(double precision[], integer, boolean) vector; array_to_vector(integer[],
  integer, boolean) vector; array_to_vector(numeric[], integer, boolean) vector;
  array_to_vector(real[], integer, boolean) vector; aggregate avg(halfvec) halfvec; aggregate
  avg(vector) vector; binary_quantize(halfvec) bit; binary_quantize(vector) bit;
  cosine_distance(halfvec, halfvec) double precision; cosine_distance(sparsevec, sparsevec)
  double precision; cosine_distance(vector, vector) double precision; halfvec(halfvec, integer,
  boolean) halfvec; halfvec_accum(double precision[], halfvec) double precision[];
  halfvec_add(halfvec, halfvec) halfvec; halfvec_avg(double precision[]) halfvec;
  halfvec_cmp(halfvec, halfvec) integer; halfvec_combine(double precision[], double precision[])
  double precision[]; halfvec_concat(halfvec, halfvec) halfvec; halfvec_eq(halfvec, halfvec)
  boolean; halfvec_ge(halfvec, halfvec) boolean; halfvec_gt(halfvec, halfvec) boolean;
  halfvec_l2_squared_distance(halfvec, halfvec) double precision; halfvec_le(halfvec, halfvec)
  boolean; halfvec_lt(halfvec, halfvec) boolean; halfvec_mul(halfvec, halfvec) halfvec;
  halfvec_ne(halfvec, halfvec) boolean; halfvec_negative_inner_product(halfvec, halfvec) double
  precision; halfvec_send(halfvec) bytea; halfvec_spherical_distance(halfvec, halfvec) double
  precision; halfvec_sub(halfvec, halfvec) halfvec; halfvec_to_float4(halfvec, integer, boolean)
  real[]; halfvec_to_sparsevec(halfvec, integer, boolean) sparsevec; halfvec_to_vector(halfvec,
  integer, boolean) vector; halfvec_typmod_in(cstring[]) integer; hamming_distance(bit, bit)
  double precision; inner_product(halfvec, halfvec) double precision; inner_product(sparsevec,
  sparsevec) double precision; inner_product(vector, vector) double precision;
  jaccard_distance(bit, bit) double precision; l1_distance(halfvec, halfvec) double precision;
  l1_distance(sparsevec, sparsevec) double precision; l1_distance(vector, vector) double
  precision; l2_distance(halfvec, halfvec) double precision; l2_distance(sparsevec, sparsevec)
  double precision; l2_distance(vector, vector) double precision; l2_norm(halfvec) double
  precision; l2_norm(sparsevec) double precision; l2_normalize(halfvec) halfvec;
  l2_normalize(sparsevec) sparsevec; l2_normalize(vector) vector; sparsevec(sparsevec, integer,
  boolean) sparsevec; sparsevec_cmp(sparsevec, sparsevec) integer; sparsevec_eq(sparsevec,
  sparsevec) boolean; sparsevec_ge(sparsevec, sparsevec) boolean; sparsevec_gt(sparsevec,
  sparsevec) boolean; sparsevec_l2_squared_distance(sparsevec, sparsevec) double precision;
  sparsevec_le(sparsevec, sparsevec) boolean; sparsevec_lt(sparsevec, sparsevec) boolean;
  sparsevec_ne(sparsevec, sparsevec) boolean; sparsevec_negative_inner_product(sparsevec,
  sparsevec) double precision; sparsevec_send(sparsevec) bytea; sparsevec_to_halfvec(sparsevec,
  integer, boolean) halfvec; sparsevec_to_vector(sparsevec, integer, boolean) vector;
  sparsevec_typmod_in(cstring[]) integer; subvector(halfvec, integer, integer) halfvec;
  subvector(vector, integer, integer) vector; aggregate sum(halfvec) halfvec; aggregate
  sum(vector) vector; vector(vector, integer, boolean) vector; vector_accum(double precision[],
  vector) double precision[]; vector_add(vector, vector) vector; vector_avg(double precision[])
  vector; vector_cmp(vector, vector) integer; vector_combine(double precision[], double
  precision[]) double precision[]; vector_concat(vector, vector) vector; vector_dims(halfvec)
  integer; vector_dims(vector) integer; vector_eq(vector, vector) boolean; vector_ge(vector,
  vector) boolean; vector_gt(vector, vector) boolean; vector_l2_squared_distance(vector, vector)
  double precision; vector_le(vector, vector) boolean; vector_lt(vector, vector) boolean;
  vector_mul(vector, vector) vector; vector_ne(vector, vector) boolean;
  vector_negative_inner_product(vector, vector) double precision; vector_norm(vector) double
  precision; vector_send(vector) bytea; vector_spherical_distance(vector, vector) double
  precision; vector_sub(vector, vector) vector; vector_to_float4(vector, integer, boolean)
  real[]; vector_to_halfvec(vector, integer, boolean) halfvec; vector_to_sparsevec(vector,
  integer, boolean) sparsevec; vector_typmod_in(cstring[]) integer
operators: halfvec * halfvec halfvec; vector * vector vector; halfvec + halfvec halfvec; vector
  + vector vector; halfvec - halfvec halfvec; vector - vector vector; halfvec < halfvec boolean;
  sparsevec < sparsevec boolean; vector < vector boolean; halfvec <#> halfvec double precision;
  sparsevec <#> sparsevec double precision; vector <#> vector double precision; bit <%> bit
  double precision; halfvec <+> halfvec double precision; sparsevec <+> sparsevec double
  precision; vector <+> vector double precision; halfvec <-> halfvec double precision; sparsevec
  <-> sparsevec double precision; vector <-> vector double precision; halfvec <= halfvec
  boolean; sparsevec <= sparsevec boolean; vector <= vector boolean; halfvec <=> halfvec double
  precision; sparsevec <=> sparsevec double precision; vector <=> vector double precision;
  halfvec <> halfvec boolean; sparsevec <> sparsevec boolean; vector <> vector boolean; bit <~>
  bit double precision; halfvec = halfvec boolean; sparsevec = sparsevec boolean; vector =
  vector boolean; halfvec > halfvec boolean; sparsevec > sparsevec boolean; vector > vector
  boolean; halfvec >= halfvec boolean; sparsevec >= sparsevec boolean; vector >= vector boolean;
  halfvec || halfvec halfvec; vector || vector vector
classes: btree halfvec_ops halfvec; btree sparsevec_ops sparsevec; btree vector_ops vector; hnsw
  bit_hamming_ops; hnsw bit_jaccard_ops; hnsw halfvec_cosine_ops; hnsw halfvec_ip_ops; hnsw
  halfvec_l1_ops; hnsw halfvec_l2_ops; hnsw sparsevec_cosine_ops; hnsw sparsevec_ip_ops; hnsw
  sparsevec_l1_ops; hnsw sparsevec_l2_ops; hnsw vector_cosine_ops; hnsw vector_ip_ops; hnsw
  vector_l1_ops; hnsw vector_l2_ops; ivfflat bit_hamming_ops; ivfflat halfvec_cosine_ops;
  ivfflat halfvec_ip_ops; ivfflat halfvec_l2_ops; ivfflat vector_cosine_ops; ivfflat
  vector_ip_ops; ivfflat vector_l2_ops vector
casts: double precision[] > halfvec a; double precision[] > sparsevec a; double precision[] >
  vector a; halfvec > halfvec i; halfvec > real[] a; halfvec > sparsevec i; halfvec > vector a;
  integer[] > halfvec a; integer[] > sparsevec a; integer[] > vector a; numeric[] > halfvec a;
  numeric[] > sparsevec a; numeric[] > vector a; real[] > halfvec a; real[] > sparsevec a;
  real[] > vector a; sparsevec > halfvec a; sparsevec > sparsevec i; sparsevec > vector a;
  vector > halfvec i; vector > real[] i; vector > sparsevec i; vector > vector i
methods: ivfflat; hnsw
""",
}
