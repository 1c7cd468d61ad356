// Hands the user's words to /batch-run as they are. Put into the command's text they would be expanded first, and
// `!`...`` in them would run as a shell command before any permission is asked.
export const BatchpackRequest = async () => ({
  "command.execute.before": async (input, output) => {
    if (input.command === "batch-run" && input.arguments.trim() !== "") {
      output.parts.push({ type: "text", text: "REQUEST: " + input.arguments })
    }
  },
})
