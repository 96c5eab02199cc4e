package store

// #include <malloc.h>
// #include <features.h>
//
// static void trim(void) {
// #ifdef __GLIBC__
// 	malloc_trim(0);
// #endif
// }
//
// static void share(void) {
// #ifdef __GLIBC__
// 	mallopt(M_ARENA_MAX, 1);
// #endif
// }
import "C"

// trim makes the C library give freed memory back to the system. It keeps a pool
// for each thread that SQLite ever ran on, and lets go of none by itself.
func trim() { C.trim() }

// share has all threads take their memory from one place, so that what a reader
// gave back is there for the next. SQLite asks for memory under one lock anyway.
func share() { C.share() }
