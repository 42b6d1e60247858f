// Prisma's own schema engine behind a line protocol: one JSON request a line on standard input,
// one JSON answer a line on standard output, in order.
//
//   node prisma_engine.mjs DIRECTORY      DIRECTORY holds node_modules with the packages
//
// Requests (`url` is a PostgreSQL connection string or, for SQLite, left out):
//   {"do": "script",   "provider": P, "files": [[path, text], ...]}
//       the script that makes the schema from nothing
//   {"do": "drift",    "provider": P, "files": [...], "migrations": [[name, sql], ...], "url": U}
//       `migrate diff --from-migrations --to-schema`: its script and its summary
//   {"do": "live",     "provider": P, "files": [...], "url": U}
//       the same against a database as it stands
// Answers: {"ok": true, "script": S, "summary": T, "exitCode": 0 | 2} or {"ok": false, "error": E}.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const home = process.argv[2];
const require = createRequire(pathToFileURL(`${home}/package.json`));

async function loadEngine() {
  const root = require.resolve("@prisma/schema-engine-wasm/schema_engine_bg").replace(/_bg\.js$/, "");
  const bindings = await import(pathToFileURL(`${root}_bg.js`).href);
  const module = await WebAssembly.compile(readFileSync(`${root}_bg.wasm`));
  const instance = await WebAssembly.instantiate(module, { "./schema_engine_bg.js": bindings });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return bindings.SchemaEngine;
}

// The stock adapter splits a script at every semicolon, function bodies included: send it whole.
function sendWhole(connection) {
  connection.executeScript = async (script) => {
    try {
      await connection.underlyingDriver().query(script);
    } catch (error) {
      connection.onError(error);
    }
  };
  // The stock adapter does not know the system catalogues' type "char" (OID 18), which the engine
  // asks for: tell it that it reads text, then tell the engine what it was.
  const perform = connection.performIO.bind(connection);
  const query = connection.queryRaw.bind(connection);
  let characters = [];
  connection.performIO = async (request) => {
    const result = await perform(request);
    characters = result.fields.map((field) => field.dataTypeID === 18);
    for (const field of result.fields) if (field.dataTypeID === 18) field.dataTypeID = 25;
    return result;
  };
  connection.queryRaw = async (request) => {
    const result = await query(request);
    const columnTypes = result.columnTypes.map((type, at) =>
      characters[at] ? ColumnTypeEnum.Character : type,
    );
    return { ...result, columnTypes };
  };
  return connection;
}

// How node-postgres wants a connection over a Unix socket: a folder as the host.
function poolOptions(url) {
  const parsed = new URL(url.replace(/@\//, "@localhost/"));
  return {
    host: parsed.searchParams.get("host") || parsed.hostname || "127.0.0.1",
    port: Number(parsed.searchParams.get("port") || parsed.port || 5432),
    user: decodeURIComponent(parsed.username || "postgres"),
    password: decodeURIComponent(parsed.password || ""),
    database: decodeURIComponent(parsed.pathname.slice(1)) || "postgres",
    max: 2,
    // The engine does not close each connection that it asks for.
    idleTimeoutMillis: 300,
  };
}

async function postgresFactory(url, schema) {
  const { PrismaPg } = await import(pathToFileURL(require.resolve("@prisma/adapter-pg")).href);
  const factory = new PrismaPg(poolOptions(url), { schema });
  return {
    provider: "postgres",
    adapterName: "@prisma/adapter-pg",
    connect: async () => sendWhole(await factory.connect()),
    connectToShadowDb: async () => {
      const main = sendWhole(await factory.connect());
      const name = `driftline_shadow_${process.pid}_${Math.random().toString(36).slice(2)}`;
      await main.executeScript(`CREATE DATABASE "${name}"`);
      const inner = new PrismaPg({ ...poolOptions(url), database: name }, { schema });
      const shadow = sendWhole(await inner.connect());
      const release = shadow.dispose.bind(shadow);
      shadow.dispose = async () => {
        await release();
        await main.executeScript(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`);
        await main.dispose();
      };
      return shadow;
    },
  };
}

// Enough of an adapter for work that needs no database.
function noDatabase(provider) {
  const refuse = async () => {
    throw new Error("this request has no database");
  };
  // The engine greets a PostgreSQL server with one question even where it needs no database.
  const greet = async () => ({
    columnNames: ["exists", "version", "numeric_version"],
    columnTypes: [ColumnTypeEnum.Boolean, ColumnTypeEnum.Text, ColumnTypeEnum.Int32],
    rows: [[true, provider === "cockroach" ? "CockroachDB" : "PostgreSQL 15.0", 150000]],
  });
  const connection = {
    provider,
    adapterName: "none",
    queryRaw: greet,
    executeRaw: refuse,
    executeScript: refuse,
    startTransaction: refuse,
    getConnectionInfo: () => ({ supportsRelationJoins: false }),
    dispose: async () => {},
  };
  return {
    provider,
    adapterName: "none",
    connect: async () => connection,
    connectToShadowDb: async () => connection,
  };
}

async function sqliteFactory(url) {
  const { PrismaLibSql } = await import(pathToFileURL(require.resolve("@prisma/adapter-libsql")).href);
  const factory = new PrismaLibSql({ url });
  const connect = () => factory.connect();
  return { provider: "sqlite", adapterName: "libsql", connect, connectToShadowDb: connect };
}

function factoryFor(request) {
  const isSqlite = request.provider === "sqlite";
  if (request.do === "script") return noDatabase(isSqlite ? "sqlite" : "postgres");
  return isSqlite ? sqliteFactory(request.url ?? ":memory:") : postgresFactory(request.url, request.schema);
}

function migrationList(migrations, provider) {
  return {
    baseDir: "/migrations",
    lockfile: { path: "migration_lock.toml", content: `provider = "${provider}"\n` },
    shadowDbInitScript: "",
    migrationDirectories: migrations.map(([name, sql]) => ({
      path: name,
      migrationFile: { path: "migration.sql", content: { tag: "ok", value: sql } },
    })),
  };
}

function starting(request) {
  if (request.do === "script") return { tag: "empty" };
  if (request.do === "drift")
    return { tag: "migrations", ...migrationList(request.migrations, request.provider) };
  return { tag: "schemaDatasource", files: container(request), configDir: "/" };
}

function container(request) {
  return request.files.map(([path, content]) => ({ path, content }));
}

async function answer(SchemaEngine, bind, request) {
  const factory = bind(await factoryFor(request));
  const engine = await SchemaEngine.new({ datamodels: request.files }, () => {}, factory);
  const filters = { externalTables: [], externalEnums: [], ...request.filters };
  const run = (script) =>
    engine.diff({
      from: starting(request),
      to: { tag: "schemaDatamodel", files: container(request) },
      script,
      exitCode: true,
      filters,
    });
  try {
    const script = await run(true);
    const summary = request.do === "script" ? { stdout: "" } : await run(false);
    return { ok: true, script: script.stdout, summary: summary.stdout, exitCode: script.exitCode };
  } finally {
    engine.free();
  }
}

function explain(error) {
  try {
    const told = JSON.parse(error.message);
    return told.message ?? told.user_facing_error?.message ?? error.message;
  } catch {
    return `${error?.message ?? error}`;
  }
}

// Where the engine leaves the message of a panic, which kills it for good.
let panic;
globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => (panic = message) };

process.on("uncaughtException", (error) => {
  process.stdout.write(`${JSON.stringify({ ok: false, error: panic ?? explain(error), panic: true })}\n`);
  process.exit();
});

const utilities = await import(pathToFileURL(require.resolve("@prisma/driver-adapter-utils")).href);
const ColumnTypeEnum = utilities.ColumnTypeEnum;
const bind = utilities.bindMigrationAwareSqlAdapterFactory;
const SchemaEngine = await loadEngine();
for await (const line of createInterface({ input: process.stdin })) {
  if (!line.trim()) continue;
  let reply;
  try {
    reply = await answer(SchemaEngine, bind, JSON.parse(line));
  } catch (error) {
    reply = { ok: false, error: explain(error), panic: false };
  }
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}
