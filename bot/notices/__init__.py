"""Sending notices: messages, frozen audiences, batches, the brake, and the threads that send."""
