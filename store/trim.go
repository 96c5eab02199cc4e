package store

// #include <malloc.h>
// #include <features.h>
//
// static void trim(void) {
// #ifdef __GLIBC__
// 	malloc_trim(0);
// #endif
// }
import "C"

// trim makes the C library give freed memory back to the system. It keeps a pool
// for each thread that SQLite ever ran on, and lets go of none by itself.
func trim() { C.trim() }
