import Glibc

/// The sine, for tests of modules that do not import a C library.
func sine(_ x: Double) -> Double { sin(x) }
