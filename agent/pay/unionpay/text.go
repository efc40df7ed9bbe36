package unionpay

// Limits of texts of others, in bytes. The pages name no lengths for most
// of the fields that we fill: these are the shortest of the other networks'.
const (
	titleBytesMax   = 127
	laneBytesMax    = 32
	staffBytesMax   = 32
	reasonBytesMax  = 80
	serialBytesMax  = 64
	networkBytesMax = 64
	codeBytesMax    = 32
	wordsBytesMax   = 200
)
