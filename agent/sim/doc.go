// Package sim is the simulator: real machines, lanes, store and provider
// clients in a bubble of fake time, with a disk that forgets and tears, a
// network that loses answers, a broker that lies, power that fails and people
// who do what people do. Each seed is one life of a shop. An oracle keeps a
// ledger of its own and checks the promises after every step; a seed that fails
// plays again exactly and tells its story. It is not linked by device builds.
package sim
