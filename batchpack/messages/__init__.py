"""Sets of prompts on the Message Batches API: submitted once, waited for, collected, retried and counted."""
