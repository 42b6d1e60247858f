"""pg_catalog's operators, as PostgreSQL 15 has them, without those on geometric types.

An operator's name is followed by its signatures, `left,right:result`, with types by their names in
pg_type; a prefix operator has no left side.
"""

from __future__ import annotations

OPERATORS = """
!! ,tsquery:tsquery !~ name,text:bool text,text:bool bpchar,text:bool !~* name,text:bool
text,text:bool bpchar,text:bool !~~ bytea,bytea:bool name,text:bool text,text:bool
bpchar,text:bool !~~* name,text:bool text,text:bool bpchar,text:bool # int8,int8:int8
int2,int2:int2 int4,int4:int4 bit,bit:bit #- jsonb,text[]:jsonb #> json,text[]:json
jsonb,text[]:jsonb #>> json,text[]:text jsonb,text[]:text % int8,int8:int8 int2,int2:int2
int4,int4:int4 numeric,numeric:numeric & int8,int8:int8 int2,int2:int2 int4,int4:int4
macaddr,macaddr:macaddr inet,inet:inet bit,bit:bit && inet,inet:bool anyarray,anyarray:bool
tsquery,tsquery:tsquery anyrange,anyrange:bool anyrange,anymultirange:bool
anymultirange,anyrange:bool anymultirange,anymultirange:bool &< anyrange,anyrange:bool
anyrange,anymultirange:bool anymultirange,anyrange:bool anymultirange,anymultirange:bool &>
anyrange,anyrange:bool anyrange,anymultirange:bool anymultirange,anyrange:bool
anymultirange,anymultirange:bool * int8,int8:int8 int8,int2:int8 int8,int4:int8 int8,money:money
int2,int8:int8 int2,int2:int2 int2,int4:int4 int2,money:money int4,int8:int8 int4,int2:int4
int4,int4:int4 int4,money:money float4,float4:float4 float4,float8:float8 float4,money:money
float8,float4:float8 float8,float8:float8 float8,money:money float8,interval:interval
money,int8:money money,int2:money money,int4:money money,float4:money money,float8:money
interval,float8:interval numeric,numeric:numeric anyrange,anyrange:anyrange
anymultirange,anymultirange:anymultirange *< record,record:bool *<= record,record:bool *<>
record,record:bool *= record,record:bool *> record,record:bool *>= record,record:bool + ,int8:int8
,int2:int2 ,int4:int4 ,float4:float4 ,float8:float8 ,numeric:numeric int8,int8:int8 int8,int2:int8
int8,int4:int8 int8,inet:inet int2,int8:int8 int2,int2:int2 int2,int4:int4 int4,int8:int8
int4,int2:int4 int4,int4:int4 int4,date:date float4,float4:float4 float4,float8:float8
float8,float4:float8 float8,float8:float8 money,money:money inet,int8:inet date,int4:date
date,time:timestamp date,interval:timestamp date,timetz:timestamptz time,date:timestamp
time,interval:time timestamp,interval:timestamp timestamptz,interval:timestamptz
interval,date:timestamp interval,time:time interval,timestamp:timestamp
interval,timestamptz:timestamptz interval,interval:interval interval,timetz:timetz
timetz,date:timestamptz timetz,interval:timetz numeric,numeric:numeric anyrange,anyrange:anyrange
anymultirange,anymultirange:anymultirange - ,int8:int8 ,int2:int2 ,int4:int4 ,float4:float4
,float8:float8 ,interval:interval ,numeric:numeric int8,int8:int8 int8,int2:int8 int8,int4:int8
int2,int8:int8 int2,int2:int2 int2,int4:int4 int4,int8:int8 int4,int2:int4 int4,int4:int4
float4,float4:float4 float4,float8:float8 float8,float4:float8 float8,float8:float8
money,money:money inet,int8:inet inet,inet:int8 date,int4:date date,date:int4
date,interval:timestamp time,time:interval time,interval:time timestamp,timestamp:interval
timestamp,interval:timestamp timestamptz,timestamptz:interval timestamptz,interval:timestamptz
interval,interval:interval timetz,interval:timetz numeric,numeric:numeric jsonb,int4:jsonb
jsonb,text:jsonb jsonb,text[]:jsonb anyrange,anyrange:anyrange
anymultirange,anymultirange:anymultirange -> json,int4:json json,text:json jsonb,int4:jsonb
jsonb,text:jsonb ->> json,int4:text json,text:text jsonb,int4:text jsonb,text:text -|-
anyrange,anyrange:bool anyrange,anymultirange:bool anymultirange,anyrange:bool
anymultirange,anymultirange:bool / int8,int8:int8 int8,int2:int8 int8,int4:int8 int2,int8:int8
int2,int2:int2 int2,int4:int4 int4,int8:int8 int4,int2:int4 int4,int4:int4 float4,float4:float4
float4,float8:float8 float8,float4:float8 float8,float8:float8 money,int8:money money,int2:money
money,int4:money money,float4:money money,float8:money money,money:float8 interval,float8:interval
numeric,numeric:numeric < bool,bool:bool bytea,bytea:bool char,char:bool name,name:bool
name,text:bool int8,int8:bool int8,int2:bool int8,int4:bool int2,int8:bool int2,int2:bool
int2,int4:bool int4,int8:bool int4,int2:bool int4,int4:bool text,name:bool text,text:bool
oid,oid:bool float4,float4:bool float4,float8:bool float8,float4:bool float8,float8:bool
money,money:bool macaddr,macaddr:bool inet,inet:bool bpchar,bpchar:bool date,date:bool
date,timestamp:bool date,timestamptz:bool time,time:bool timestamp,date:bool
timestamp,timestamp:bool timestamp,timestamptz:bool timestamptz,date:bool
timestamptz,timestamp:bool timestamptz,timestamptz:bool interval,interval:bool timetz,timetz:bool
bit,bit:bool varbit,varbit:bool numeric,numeric:bool record,record:bool anyarray,anyarray:bool
uuid,uuid:bool anyenum,anyenum:bool tsvector,tsvector:bool tsquery,tsquery:bool jsonb,jsonb:bool
anyrange,anyrange:bool anymultirange,anymultirange:bool <-> tsquery,tsquery:tsquery <<
int8,int4:int8 int2,int4:int2 int4,int4:int4 inet,inet:bool bit,int4:bit anyrange,anyrange:bool
anyrange,anymultirange:bool anymultirange,anyrange:bool anymultirange,anymultirange:bool <<=
inet,inet:bool <= bool,bool:bool bytea,bytea:bool char,char:bool name,name:bool name,text:bool
int8,int8:bool int8,int2:bool int8,int4:bool int2,int8:bool int2,int2:bool int2,int4:bool
int4,int8:bool int4,int2:bool int4,int4:bool text,name:bool text,text:bool oid,oid:bool
float4,float4:bool float4,float8:bool float8,float4:bool float8,float8:bool money,money:bool
macaddr,macaddr:bool inet,inet:bool bpchar,bpchar:bool date,date:bool date,timestamp:bool
date,timestamptz:bool time,time:bool timestamp,date:bool timestamp,timestamp:bool
timestamp,timestamptz:bool timestamptz,date:bool timestamptz,timestamp:bool
timestamptz,timestamptz:bool interval,interval:bool timetz,timetz:bool bit,bit:bool
varbit,varbit:bool numeric,numeric:bool record,record:bool anyarray,anyarray:bool uuid,uuid:bool
anyenum,anyenum:bool tsvector,tsvector:bool tsquery,tsquery:bool jsonb,jsonb:bool
anyrange,anyrange:bool anymultirange,anymultirange:bool <> bool,bool:bool bytea,bytea:bool
char,char:bool name,name:bool name,text:bool int8,int8:bool int8,int2:bool int8,int4:bool
int2,int8:bool int2,int2:bool int2,int4:bool int4,int8:bool int4,int2:bool int4,int4:bool
text,name:bool text,text:bool oid,oid:bool float4,float4:bool float4,float8:bool
float8,float4:bool float8,float8:bool money,money:bool macaddr,macaddr:bool inet,inet:bool
bpchar,bpchar:bool date,date:bool date,timestamp:bool date,timestamptz:bool time,time:bool
timestamp,date:bool timestamp,timestamp:bool timestamp,timestamptz:bool timestamptz,date:bool
timestamptz,timestamp:bool timestamptz,timestamptz:bool interval,interval:bool timetz,timetz:bool
bit,bit:bool varbit,varbit:bool numeric,numeric:bool record,record:bool anyarray,anyarray:bool
uuid,uuid:bool anyenum,anyenum:bool tsvector,tsvector:bool tsquery,tsquery:bool jsonb,jsonb:bool
anyrange,anyrange:bool anymultirange,anymultirange:bool <@ anyarray,anyarray:bool
anyelement,anyrange:bool anyelement,anymultirange:bool tsquery,tsquery:bool jsonb,jsonb:bool
anyrange,anyrange:bool anyrange,anymultirange:bool anymultirange,anyrange:bool
anymultirange,anymultirange:bool = bool,bool:bool bytea,bytea:bool char,char:bool name,name:bool
name,text:bool int8,int8:bool int8,int2:bool int8,int4:bool int2,int8:bool int2,int2:bool
int2,int4:bool int4,int8:bool int4,int2:bool int4,int4:bool text,name:bool text,text:bool
oid,oid:bool float4,float4:bool float4,float8:bool float8,float4:bool float8,float8:bool
money,money:bool macaddr,macaddr:bool inet,inet:bool bpchar,bpchar:bool date,date:bool
date,timestamp:bool date,timestamptz:bool time,time:bool timestamp,date:bool
timestamp,timestamp:bool timestamp,timestamptz:bool timestamptz,date:bool
timestamptz,timestamp:bool timestamptz,timestamptz:bool interval,interval:bool timetz,timetz:bool
bit,bit:bool varbit,varbit:bool numeric,numeric:bool record,record:bool anyarray,anyarray:bool
uuid,uuid:bool anyenum,anyenum:bool tsvector,tsvector:bool tsquery,tsquery:bool jsonb,jsonb:bool
anyrange,anyrange:bool anymultirange,anymultirange:bool > bool,bool:bool bytea,bytea:bool
char,char:bool name,name:bool name,text:bool int8,int8:bool int8,int2:bool int8,int4:bool
int2,int8:bool int2,int2:bool int2,int4:bool int4,int8:bool int4,int2:bool int4,int4:bool
text,name:bool text,text:bool oid,oid:bool float4,float4:bool float4,float8:bool
float8,float4:bool float8,float8:bool money,money:bool macaddr,macaddr:bool inet,inet:bool
bpchar,bpchar:bool date,date:bool date,timestamp:bool date,timestamptz:bool time,time:bool
timestamp,date:bool timestamp,timestamp:bool timestamp,timestamptz:bool timestamptz,date:bool
timestamptz,timestamp:bool timestamptz,timestamptz:bool interval,interval:bool timetz,timetz:bool
bit,bit:bool varbit,varbit:bool numeric,numeric:bool record,record:bool anyarray,anyarray:bool
uuid,uuid:bool anyenum,anyenum:bool tsvector,tsvector:bool tsquery,tsquery:bool jsonb,jsonb:bool
anyrange,anyrange:bool anymultirange,anymultirange:bool >= bool,bool:bool bytea,bytea:bool
char,char:bool name,name:bool name,text:bool int8,int8:bool int8,int2:bool int8,int4:bool
int2,int8:bool int2,int2:bool int2,int4:bool int4,int8:bool int4,int2:bool int4,int4:bool
text,name:bool text,text:bool oid,oid:bool float4,float4:bool float4,float8:bool
float8,float4:bool float8,float8:bool money,money:bool macaddr,macaddr:bool inet,inet:bool
bpchar,bpchar:bool date,date:bool date,timestamp:bool date,timestamptz:bool time,time:bool
timestamp,date:bool timestamp,timestamp:bool timestamp,timestamptz:bool timestamptz,date:bool
timestamptz,timestamp:bool timestamptz,timestamptz:bool interval,interval:bool timetz,timetz:bool
bit,bit:bool varbit,varbit:bool numeric,numeric:bool record,record:bool anyarray,anyarray:bool
uuid,uuid:bool anyenum,anyenum:bool tsvector,tsvector:bool tsquery,tsquery:bool jsonb,jsonb:bool
anyrange,anyrange:bool anymultirange,anymultirange:bool >> int8,int4:int8 int2,int4:int2
int4,int4:int4 inet,inet:bool bit,int4:bit anyrange,anyrange:bool anyrange,anymultirange:bool
anymultirange,anyrange:bool anymultirange,anymultirange:bool >>= inet,inet:bool ? jsonb,text:bool
?& jsonb,text[]:bool ?| jsonb,text[]:bool @ ,int8:int8 ,int2:int2 ,int4:int4 ,float4:float4
,float8:float8 ,numeric:numeric @> anyarray,anyarray:bool tsquery,tsquery:bool jsonb,jsonb:bool
anyrange,anyelement:bool anyrange,anyrange:bool anyrange,anymultirange:bool
anymultirange,anyelement:bool anymultirange,anyrange:bool anymultirange,anymultirange:bool @?
jsonb,jsonpath:bool @@ text,text:bool text,tsquery:bool tsvector,tsquery:bool
tsquery,tsvector:bool jsonb,jsonpath:bool @@@ tsvector,tsquery:bool tsquery,tsvector:bool ^
float8,float8:float8 numeric,numeric:numeric ^@ text,text:bool | int8,int8:int8 int2,int2:int2
int4,int4:int4 macaddr,macaddr:macaddr inet,inet:inet bit,bit:bit |/ ,float8:float8 ||
bytea,bytea:bytea text,text:text text,anynonarray:text varbit,varbit:varbit anynonarray,text:text
tsvector,tsvector:tsvector tsquery,tsquery:tsquery jsonb,jsonb:jsonb
anycompatible,anycompatiblearray:anycompatiblearray
anycompatiblearray,anycompatible:anycompatiblearray
anycompatiblearray,anycompatiblearray:anycompatiblearray ||/ ,float8:float8 ~ ,int8:int8
,int2:int2 ,int4:int4 ,macaddr:macaddr ,inet:inet ,bit:bit name,text:bool text,text:bool
bpchar,text:bool ~* name,text:bool text,text:bool bpchar,text:bool ~<=~ text,text:bool
bpchar,bpchar:bool ~<~ text,text:bool bpchar,bpchar:bool ~>=~ text,text:bool bpchar,bpchar:bool
~>~ text,text:bool bpchar,bpchar:bool ~~ bytea,bytea:bool name,text:bool text,text:bool
bpchar,text:bool ~~* name,text:bool text,text:bool bpchar,text:bool
"""
