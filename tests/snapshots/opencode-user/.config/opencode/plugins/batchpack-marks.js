// Marks when sessions and agents begin and end, for batch-metrics: one line of ids and names each, no text of anybody's.
// It throws nothing and waits for nothing: whatever goes wrong here is no affair of the session's.
import { closeSync, constants, fstatSync, mkdirSync, openSync, writeSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"

const LINE_BYTES = 4096 // what the kernel appends in one piece
const FILE_BYTES = 32 * 1024 * 1024
const LETTERS = 200
const PATH_LETTERS = 1024
const SESSIONS = 10_000

// What an event means for the session that people opened, and for an agent's.
const EVENTS = {
  "session.created": ["session_started", "agent_started"],
  "session.idle": ["turn_ended", "agent_ended"],
  "session.error": ["turn_failed", "agent_failed"],
}

// Installed for the user and for the project, this runs twice: who came first marks.
const owners = (globalThis[Symbol.for("batchpack.marks")] ??= new WeakMap())

const word = (value, most = LETTERS) =>
  typeof value === "string" && value.length <= most && !/[\p{C}\p{Zl}\p{Zp}]/u.test(value) ? value : ""

const folder = () => {
  const base = process.env.XDG_STATE_HOME ?? ""
  return join(base.startsWith("/") ? base : join(homedir(), ".local", "state"), "batchpack", "marks")
}

const append = (facts) => {
  const kept = Object.entries(facts).filter(([, value]) => value !== "")
  const data = Buffer.from(JSON.stringify(Object.fromEntries(kept)) + "\n")
  if (data.length > LINE_BYTES) return
  mkdirSync(folder(), { recursive: true, mode: 0o700 })
  const { O_WRONLY, O_APPEND, O_CREAT, O_NONBLOCK, O_NOFOLLOW } = constants
  const path = join(folder(), `opencode-${new Date().toISOString().slice(0, 10)}.jsonl`)
  const handle = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_NOFOLLOW, 0o600)
  try {
    if (fstatSync(handle).size < FILE_BYTES) writeSync(handle, data)
  } finally {
    closeSync(handle)
  }
}

export const BatchpackMarks = async ({ client, directory }) => {
  const me = {}
  const known = new Map()
  let settings

  const isOurs = () => settings === undefined || owners.get(settings) === me

  const learn = (info) => {
    if (known.size >= SESSIONS) known.delete(known.keys().next().value)
    const found = { parent: word(info?.parentID), agent: word(info?.agent) }
    known.set(info.id, found)
    return found
  }

  const session = async (id) => known.get(id) ?? learn((await client.session.get({ path: { id } })).data)

  // An agent is a session whose parent is another; the outermost is the one that people opened.
  const outermost = async (id) => {
    for (let depth = 0; depth < 32; depth += 1) {
      const { parent } = await session(id)
      if (parent === "") return id
      id = parent
    }
    return id
  }

  const mark = async (event, id, more = {}) => {
    const at = Date.now() / 1000
    const top = await outermost(id)
    const { parent, agent } = await session(id)
    const part = id === top ? {} : { part: word(id), parent, agent }
    const { BATCHPACK_RUN: run, BATCHPACK_TASK: task } = process.env
    const where = { project: word(directory, PATH_LETTERS), run: word(run), task: word(task) }
    append({ v: 1, at, host: "opencode", event, session: word(top), ...part, ...more, ...where })
  }

  const quietly = (work) => work.catch(() => {})

  const told = async (type, properties) => {
    const id = type === "session.created" ? properties.info.id : properties.sessionID
    if (!word(id)) return
    const { parent } = type === "session.created" ? learn(properties.info) : await session(id)
    const [own, agents] = EVENTS[type]
    await mark(parent === "" ? own : agents, id)
  }

  return {
    config: async (config) => {
      settings = config
      if (!owners.has(config)) owners.set(config, me)
    },
    event: async ({ event }) => {
      if (event.type in EVENTS && isOurs()) quietly(told(event.type, event.properties))
    },
    "tool.execute.before": async (input, output) => {
      if (input.tool !== "task" || !isOurs()) return
      quietly(mark("agent_called", input.sessionID, { agent: word(output.args?.subagent_type), call: word(input.callID) }))
    },
    "tool.execute.after": async (input, output) => {
      const id = word(output?.metadata?.sessionId)
      if (input.tool === "task" && id && isOurs()) quietly(mark("agent_returned", id, { call: word(input.callID) }))
    },
  }
}
