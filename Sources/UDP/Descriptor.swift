internal import Glibc

/// Closes a descriptor; a name of its own, as methods called `close` hide the C function.
func closeDescriptor(_ descriptor: Int32) { _ = close(descriptor) }
