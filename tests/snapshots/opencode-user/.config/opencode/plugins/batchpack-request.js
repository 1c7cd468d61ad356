// Hands the user's words to the pack's commands as they are. Put into the command's text they would be expanded first, and
// `!`...`` in them would run as a shell command before any permission is asked.

// `opencode run` wraps words that hold a space in quotes and escapes the quotes in them; this takes that back.
const unwrapped = (words) => {
  const inner = words.slice(1, -1)
  const wrapped = words.length > 1 && words.startsWith('"') && words.endsWith('"') && !/(^|[^\\])"/.test(inner)
  return wrapped ? inner.replaceAll('\\"', '"') : words
}

const MARK = "REQUEST: "
const COMMANDS = ["batch-run", "execute-batch", "execute-task", "execute-verify"]

// Installed for the user and for the project, this runs twice.
const handedOver = (parts) => parts.some((part) => part.type === "text" && part.text.startsWith(MARK))

export const BatchpackRequest = async () => ({
  "command.execute.before": async (input, output) => {
    const words = input.arguments.trim()
    if (COMMANDS.includes(input.command) && words !== "" && !handedOver(output.parts)) {
      output.parts.push({ type: "text", text: MARK + unwrapped(words) })
    }
  },
})
