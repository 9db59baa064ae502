"""What the Messaging API accepts, written as rules over plain JSON."""
