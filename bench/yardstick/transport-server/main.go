// The command transport-server is a bare grpc-go server with the methods of the transport benchmark: constant answers, no protobuf.
package main

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/grpc/mem"

	"ofs/bench/serving"
)

// bytesCodec passes messages on as they are.
type bytesCodec struct{}

func (bytesCodec) Marshal(message any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(message.([]byte))}, nil
}

func (bytesCodec) Unmarshal(data mem.BufferSlice, message any) error {
	*message.(*[]byte) = data.Materialize()
	return nil
}

func (bytesCodec) Name() string { return "proto" }

func method(name string, size int) grpc.MethodDesc {
	response := make([]byte, size)
	return grpc.MethodDesc{
		MethodName: name,
		Handler: func(_ any, _ context.Context, decode func(any) error, _ grpc.UnaryServerInterceptor) (any, error) {
			var request []byte
			if err := decode(&request); err != nil {
				return nil, err
			}
			return response, nil
		},
	}
}

func main() {
	methods := []grpc.MethodDesc{method("One", 135), method("Hundred", 13_500)}
	serving.Run("bench.Rows", methods, grpc.ForceServerCodecV2(bytesCodec{}))
}
