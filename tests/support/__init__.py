"""What tests share: a project to run commands in, an outcome to question, loopback fakes, the host walker."""
