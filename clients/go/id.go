package qtasks

import (
	"crypto/rand"
	"encoding/binary"
	"encoding/hex"
	"sync/atomic"
	"time"
)

// NewTaskID makes a UUIDv7, as every enqueue carries it where the caller names none. Ids of one process sort
// in the order in which they were made.
func NewTaskID() string {
	var id [16]byte
	randomise(id[8:])
	ticks := lastTick.next(time.Now())
	// 48 bits of milliseconds, four for the version, and 12 for the fraction (RFC 9562, 6.2, method 3).
	binary.BigEndian.PutUint64(id[:8], ticks>>12<<16|ticks&0xfff)
	return uuid(id, 7)
}

// tick is a time in 4096ths of a millisecond that never comes twice.
type tick struct{ atomic.Uint64 }

var lastTick tick

func (t *tick) next(now time.Time) uint64 {
	millis, rest := uint64(now.UnixMilli()), uint64(now.Nanosecond()%1e6)
	for current := millis<<12 | rest<<12/1e6; ; {
		last := t.Load()
		current = max(current, last+1)
		if t.CompareAndSwap(last, current) {
			return current
		}
	}
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
