// Package cloud carries the journal to the cloud over MQTT. The journal itself
// is the outbox: entries go up in batches from where the cloud's last
// acknowledgement stands, and only an acknowledgement that names the hash of
// the journal there moves that place. Nothing that MQTT says counts for that,
// so a broker, a connection or this program may fail at any moment and the
// worst is that entries are sent again.
//
// asyncapi.yaml describes the topics and messages. Sender is the protocol and
// knows no MQTT, Connection is MQTT and knows no protocol, Uplink is both.
//
// What the cloud says of people's rights comes down the same way and is handed on
// as it is: the package knows no keys and no people.
//
// The package is not for storing anything, nor for commands; the side that
// receives is package collect.
package cloud
