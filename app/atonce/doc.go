// Package atonce leaves garbage where it is while Baton starts as a page: there
// is one thread, and the start keeps most of what it makes. Whoever imports it
// has to call AsUsual when the first list is seen. It knows nothing else of
// Baton, and imports little so that it is initialised before what is big.
package atonce
