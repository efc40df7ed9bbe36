// Package collect is the cloud's side of package cloud: it receives the journals
// of devices, checks every entry's hash along the chain from its epoch's
// genesis, keeps them, and acknowledges what is on its own disk. It asks for
// what is missing, and raises an alarm where a device tells another history
// than before.
//
// Receiver is the protocol over a Store and knows neither MQTT nor SQL; SQLite
// is a Store; Collector is all of it with a broker. The package is not for
// reports or bookkeeping, and devices do not link it.
package collect
