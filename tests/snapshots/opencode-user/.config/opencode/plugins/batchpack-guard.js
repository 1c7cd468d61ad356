// Unlocks the pack's restricted agents, whose files close all tools, and has the guard judge every tool call of theirs.
// Whatever goes wrong here leaves them locked, and nobody else.
import { spawn } from "node:child_process"
import { createHash } from "node:crypto"
import { accessSync, constants, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const GUARD = {
  "python": "/opt/batchpack/bin/python",
  "sha256": "3b6ad0d819480939ba332d97b0dbf365c9e5b249771a0c72c41c1d7b689cf4e3",
  "mark": "(batchpack)",
  "agents": [
    "BatchExecutor",
    "CoderAgent",
    "ContextScout",
    "ExternalScout",
    "TaskManager",
    "architect",
    "backend-go",
    "batch-orchestrator",
    "batch-worker",
    "debugger",
    "devops-engineer",
    "explorer",
    "frontend-react",
    "performance-optimizer",
    "security-auditor",
    "task-implementer",
    "test-automator"
  ]
}
const POLICY = fileURLToPath(new URL("../batchpack/policy.json", import.meta.url))
const PATIENCE = 10_000
const MEND = "run `batchpack install` again; `batchpack doctor` says more"

// opencode's own agents that work beside another in its session; they have no tools.
const BESIDE = new Set(["compaction", "summary", "title"])

// Installed for the user and for the project, this runs twice: who unlocked an agent last judges it.
const judges = (globalThis[Symbol.for("batchpack.guard")] ??= new WeakMap())

const readRules = () => {
  accessSync(GUARD.python, constants.X_OK)
  const text = readFileSync(POLICY)
  const found = createHash("sha256").update(text).digest("hex")
  if (found !== GUARD.sha256) throw new Error(`${POLICY} was changed`)
  return JSON.parse(text).rules
}

const isMap = (value) => typeof value === "object" && value !== null
const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other)

// What the user's settings forbid beyond ours is kept, behind our rules; what they allow is not.
const narrowed = (ours, found) => {
  if (!isMap(found)) return found === undefined || found === "allow" ? ours : found
  const rules = isMap(ours) ? { ...ours } : { "*": ours }
  const added = Object.entries(found).filter(([key, action]) => action !== "allow" && rules[key] !== action)
  if (added.length === 0) return ours
  for (const [key, action] of added) {
    delete rules[key]
    rules[key] = action
  }
  return rules
}

const unlocked = (ours, found) => {
  const rules = { ...ours }
  for (const [key, value] of Object.entries(isMap(found) ? found : {})) {
    if (key === "*" || isSame(value, ours[key])) continue
    const rule = key in ours ? narrowed(ours[key], value) : narrowed("allow", value)
    if (rule !== "allow" || key in ours) rules[key] = rule
  }
  return rules
}

// opencode merges files of one name, so an agent of the user's can carry our lock; it keeps the rest of our rules.
const freed = (ours, found) => {
  const isMerged = isMap(found) && found["*"] === "deny" && Object.keys(ours).every((key) => key in found)
  if (!isMerged) return found
  const { "*": lock, ...rest } = found
  return { "*": ours["*"], ...rest }
}

export const BatchpackGuard = async ({ client, directory }) => {
  const me = {}
  const agents = new Map()
  let settings
  let fault
  let isTold = false

  const refusal = (reason) => `batchpack: refused, ${reason}; ${MEND}`

  const lock = (agent) => {
    agent.permission = { "*": "deny" }
    agent.prompt = `You have no tools. Answer with this line only: ${refusal(fault)}`
  }

  const begin = (config) => {
    settings = config
    if (!judges.has(config)) judges.set(config, new Map())
    let rules
    try {
      rules = readRules()
    } catch (error) {
      fault = `its guard is broken: ${error.message}`
    }
    for (const name of GUARD.agents) {
      const agent = config.agent?.[name]
      if (!agent) continue
      // of a file with broken front matter, opencode takes the whole text for the prompt
      const isOurs = String(agent.description || agent.prompt).includes(GUARD.mark)
      if (isOurs) judges.get(config).set(name, me)
      if (isOurs && fault) lock(agent)
      else if (isOurs) agent.permission = unlocked(rules[name], agent.permission)
      else if (rules) agent.permission = freed(rules[name], agent.permission)
    }
  }

  const tell = () => {
    if (!fault || isTold) return
    isTold = true
    const message = refusal(fault)
    client.app.log({ body: { service: "batchpack", level: "error", message } }).catch(() => {})
    client.tui.showToast({ body: { title: "batchpack", message, variant: "error" } }).catch(() => {})
  }

  const agentOf = async ({ sessionID, callID }) => {
    if (agents.has(sessionID)) return agents.get(sessionID)
    const { data } = await client.session.messages({ path: { id: sessionID } })
    return data?.findLast((message) => message.parts.some((part) => part.callID === callID))?.info.agent
  }

  // Resolves to the reason for a refusal, or to an empty text.
  const judge = (call) =>
    new Promise((resolve) => {
      const words = ["--policy", POLICY, "--sha256", GUARD.sha256, "--agents", GUARD.agents.join(",")]
      const child = spawn(GUARD.python, ["-I", "-m", "batchpack.guard", ...words], {
        stdio: ["pipe", "ignore", "pipe"],
        timeout: PATIENCE,
        killSignal: "SIGKILL",
      })
      let said = ""
      child.on("error", (error) => resolve(refusal(`its guard does not start: ${error.message}`)))
      child.stdin.on("error", () => {})
      child.stderr.on("data", (data) => (said += data))
      child.on("close", (code, signal) => {
        const ended = signal ? `did not answer (${signal})` : `failed (exit code ${code})`
        resolve(code === 0 ? "" : (code === 2 && said.trim()) || refusal(`its guard ${ended} ${said.trim().slice(-200)}`))
      })
      child.stdin.end(JSON.stringify(call))
    })

  return {
    config: async (config) => begin(config),
    "chat.message": async () => tell(),
    "chat.params": async (input) => {
      if (!BESIDE.has(input.agent)) agents.set(input.sessionID, input.agent)
    },
    "tool.execute.before": async (input, output) => {
      // a command of the user's that runs as a subagent: opencode numbers it as a part, a model's calls as calls
      if (input.tool === "task" && input.callID?.startsWith("prt_")) return
      const agent = await agentOf(input).catch(() => undefined)
      if (agent === undefined) throw new Error(refusal("which agent called could not be found out"))
      if (!settings || judges.get(settings)?.get(agent) !== me) return
      if (fault) throw new Error(refusal(fault))
      const call = { agent_type: agent, tool_name: input.tool, tool_input: output.args, cwd: directory }
      const reason = await judge(call)
      if (reason) throw new Error(reason)
    },
  }
}
