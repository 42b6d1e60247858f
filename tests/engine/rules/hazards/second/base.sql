CREATE EXTENSION IF NOT EXISTS "citext";
CREATE TYPE role AS ENUM ('admin', 'member', 'guest');
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN email_text AS text;

CREATE TABLE orgs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  slug text NOT NULL UNIQUE,
  plan text
);

CREATE TABLE users (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  org_id bigint REFERENCES orgs (id) ON DELETE CASCADE,
  email text NOT NULL,
  handle varchar(40),
  age smallint,
  score integer NOT NULL DEFAULT 0,
  balance numeric(10, 2),
  role role NOT NULL DEFAULT 'member',
  settings json,
  profile jsonb,
  last_ip inet,
  born timestamp,
  seen timestamptz,
  code char(4),
  active boolean,
  tags text[],
  legacy text,
  CONSTRAINT users_age_check CHECK (age >= 0)
);
CREATE INDEX users_org_id_idx ON users (org_id);
CREATE INDEX users_email_idx ON users (email);
CREATE UNIQUE INDEX users_handle_key ON users (handle);

CREATE TABLE memberships (
  user_id uuid NOT NULL REFERENCES users (id),
  org_id bigint NOT NULL REFERENCES orgs (id),
  note text,
  PRIMARY KEY (user_id, org_id)
);
CREATE INDEX memberships_org_id_idx ON memberships (org_id);

CREATE TABLE bookings (
  id bigint PRIMARY KEY,
  room integer NOT NULL,
  period tsrange NOT NULL,
  user_id uuid,
  price integer
);
CREATE INDEX bookings_user_id_idx ON bookings (user_id);

CREATE TABLE scratch (a integer, b integer);

CREATE TABLE measures (city integer NOT NULL, day date NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE measures_2024 PARTITION OF measures FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE measures_2025 (city integer NOT NULL, day date NOT NULL);

CREATE VIEW active_users AS SELECT id, email FROM users WHERE active;
CREATE MATERIALIZED VIEW org_sizes AS SELECT org_id, count(*) AS n FROM users GROUP BY org_id;
CREATE UNIQUE INDEX org_sizes_org_id_key ON org_sizes (org_id);
CREATE SEQUENCE invoice_numbers;
