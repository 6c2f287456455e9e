package qtasks

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"time"
)

// NewTaskID makes a UUIDv7, as every enqueue carries it where the caller names none.
func NewTaskID() string {
	var id [16]byte
	randomise(id[6:])
	var millis [8]byte
	binary.BigEndian.PutUint64(millis[:], uint64(time.Now().UnixMilli()))
	copy(id[:6], millis[2:])
	return uuid(id, 7)
}

// newSessionID makes a UUIDv4.
func newSessionID() string {
	var id [16]byte
	randomise(id[:])
	return uuid(id, 4)
}

func randomise(bytes []byte) {
	if _, err := rand.Read(bytes); err != nil {
		// The system has no randomness: nothing that this program names would be its own.
		panic("qtasks: " + err.Error())
	}
}

// uuid sets version and variant and writes the id as text.
func uuid(id [16]byte, version byte) string {
	id[6] = id[6]&0x0f | version<<4
	id[8] = id[8]&0x3f | 0x80
	var text [36]byte
	for at, part := 0, 0; part < len(uuidParts); part++ {
		from, to := uuidParts[part][0], uuidParts[part][1]
		at += hex.Encode(text[at:], id[from:to])
		if at < len(text) {
			text[at] = '-'
			at++
		}
	}
	return string(text[:])
}

var uuidParts = [...][2]int{{0, 4}, {4, 6}, {6, 8}, {8, 10}, {10, 16}}
