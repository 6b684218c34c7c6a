"""What an uploaded file is, judged on its bytes, in a child process with limits. No Django in this package."""
