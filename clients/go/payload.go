package qtasks

import (
	"encoding/json"
	"mime"
	"reflect"
	"strings"

	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	api "github.com/qtasks/qtasks/clients/go/qtasksapi/v1"
)

const protobufType = "application/protobuf"

// NewPayload makes the payload of a value: a *Payload as it is, a proto.Message as that message, anything
// else as JSON; nil is null. FIELD_VIOLATION for what JSON can't hold.
func NewPayload(value any) (*api.Payload, error) {
	switch value := value.(type) {
	case *api.Payload:
		return value, nil
	case proto.Message:
		return messagePayload(value)
	}
	text, err := json.Marshal(value)
	if err != nil {
		refused := fieldError("input", "can't be JSON: %v", err)
		refused.cause = err
		return nil, refused
	}
	return &api.Payload{Body: &api.Payload_Text{Text: string(text)}}, nil
}

func messagePayload(message proto.Message) (*api.Payload, error) {
	data, err := proto.Marshal(message)
	if err != nil {
		refused := fieldError("input", "can't be encoded: %v", err)
		refused.cause = err
		return nil, refused
	}
	schema := string(message.ProtoReflect().Descriptor().FullName())
	return &api.Payload{Body: &api.Payload_Data{Data: data}, ContentType: protobufType, Schema: schema}, nil
}

// DecodePayload reads a payload into a pointer: a message where the pointer is a proto.Message (or a pointer
// to one), bytes or text as they are where it points to []byte or the payload is text of another type than
// JSON, else JSON. No payload is null, and an empty message. MESSAGE_MALFORMED where it is something else.
func DecodePayload(payload *api.Payload, into any) error {
	if len(payload.GetEncodings()) > 0 {
		return malformed(nil, "no codec for the encoding %s", codecNames(payload.Encodings))
	}
	if message, isMessage := into.(proto.Message); isMessage {
		return decodeMessage(payload, message)
	}
	if message := newMessage(into); message != nil {
		return decodeMessage(payload, message)
	}
	return decodePlain(payload, into)
}

// newMessage makes the message that a **T points to, where *T is one.
func newMessage(into any) proto.Message {
	target := reflect.ValueOf(into)
	if target.Kind() != reflect.Pointer || target.IsNil() || target.Elem().Kind() != reflect.Pointer {
		return nil
	}
	made := reflect.New(target.Elem().Type().Elem())
	message, isMessage := made.Interface().(proto.Message)
	if isMessage {
		target.Elem().Set(made)
	}
	return message
}

func decodeMessage(payload *api.Payload, message proto.Message) error {
	schema := string(message.ProtoReflect().Descriptor().FullName())
	if sent := payload.GetSchema(); sent != "" && sent != schema {
		return malformed(nil, "expected a %s, found a %s", schema, sent)
	}
	var err error
	if payload.GetSchema() == "" && isJSON(payload) {
		err = protojson.Unmarshal(bytesOf(payload), message)
	} else {
		err = proto.Unmarshal(bytesOf(payload), message)
	}
	if err != nil {
		// The parser's message may quote the payload, which has no place in logs: it is only the cause.
		return malformed(err, "not the %s that it should be", schema)
	}
	return nil
}

func decodePlain(payload *api.Payload, into any) error {
	body := bytesOf(payload)
	if !isJSON(payload) {
		switch into := into.(type) {
		case *[]byte:
			*into = body
			return nil
		case *string:
			*into = string(body)
			return nil
		case *any:
			*into = plainBody(payload)
			return nil
		}
		if payload.GetBody() != nil {
			return malformed(nil, "expected JSON, found %s", payload.ContentType)
		}
	}
	if payload.GetBody() == nil {
		body = []byte("null")
	}
	if err := json.Unmarshal(body, into); err != nil {
		return malformed(err, "not the JSON that it should be: a %T is expected", into)
	}
	return nil
}

func plainBody(payload *api.Payload) any {
	switch body := payload.GetBody().(type) {
	case *api.Payload_Text:
		return body.Text
	case *api.Payload_Data:
		return body.Data
	}
	return nil
}

func bytesOf(payload *api.Payload) []byte {
	if text, isText := payload.GetBody().(*api.Payload_Text); isText {
		return []byte(text.Text)
	}
	return payload.GetData()
}

// isJSON follows the payload's media type; without one, text is JSON and data is not.
func isJSON(payload *api.Payload) bool {
	if payload.GetContentType() == "" {
		_, isText := payload.GetBody().(*api.Payload_Text)
		return isText
	}
	media, _, err := mime.ParseMediaType(payload.ContentType)
	return err == nil && (media == "application/json" || strings.HasSuffix(media, "+json"))
}

// codecNames leaves out the codecs' parameters: they may name a key.
func codecNames(encodings []string) string {
	names := make([]string, len(encodings))
	for at, encoding := range encodings {
		names[at], _, _ = strings.Cut(encoding, ";")
	}
	return strings.Join(names, ", ")
}

func payloadSize(payload *api.Payload) int {
	return len(payload.GetText()) + len(payload.GetData())
}
