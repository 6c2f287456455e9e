package qtasks

import (
	"crypto/sha256"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
)

// schema has the descriptors of a worker's typed tasks: an encoded FileDescriptorSet, and its SHA-256.
type schema struct {
	files  []byte
	digest []byte
}

// schema gathers the files of all typed tasks with what they import, imports first.
func (r *registry) schema() (*schema, error) {
	closure := closure{seen: map[string]bool{}}
	for _, name := range r.names {
		if file := r.byName[name].file; file != nil {
			closure.add(file)
		}
	}
	if len(closure.set.File) == 0 {
		return &schema{}, nil
	}
	files, err := proto.MarshalOptions{Deterministic: true}.Marshal(&closure.set)
	if err != nil {
		return nil, configError("the descriptors of the tasks can't be encoded: %v", err)
	}
	digest := sha256.Sum256(files)
	return &schema{files: files, digest: digest[:]}, nil
}

type closure struct {
	set  descriptorpb.FileDescriptorSet
	seen map[string]bool
}

func (c *closure) add(file protoreflect.FileDescriptor) {
	if c.seen[file.Path()] || file.IsPlaceholder() {
		return
	}
	c.seen[file.Path()] = true
	imports := file.Imports()
	for at := range imports.Len() {
		c.add(imports.Get(at).FileDescriptor)
	}
	c.set.File = append(c.set.File, protodesc.ToFileDescriptorProto(file))
}
