// The command client calls a proof server the ways grpc-go's users do, and says for each way what went wrong.
//
// It prints one JSON object: an error, or "", by the name of the check. Its exit code is 0 whatever they say.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// target is the server, and how much is asked of it.
type target struct {
	address string
	scale   int
}

type check struct {
	name string
	run  func(target) error
}

// Checks that wait long run beside the others.
var checks = []check{
	{"many calls at once", manyCalls},
	{"one call after the other", manyAnswers},
	{"deadlines", deadlines},
	{"cancellations", cancellations},
	{"large messages", largeMessages},
	{"small windows", smallWindows},
	{"large windows", largeWindows},
	{"gzip", compressed},
	{"errors", failures},
	{"metadata", manyHeaders},
	{"connections that come and go", churn},
	{"keepalive without calls", keepsAlive},
}

func main() {
	address := flag.String("address", "", "of the server")
	scale := flag.Int("scale", 1, "how often everything is repeated")
	flag.Parse()
	to := target{*address, *scale}

	results := map[string]string{}
	var lock sync.Mutex
	var running sync.WaitGroup
	for _, each := range checks {
		running.Add(1)
		go func() {
			defer running.Done()
			text := ""
			if err := each.run(to); err != nil {
				text = err.Error()
			}
			lock.Lock()
			defer lock.Unlock()
			results[each.name] = text
		}()
	}
	running.Wait()
	if err := json.NewEncoder(os.Stdout).Encode(results); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// bytesCodec sends and receives bytes as they are. Its name is a part of the content type.
type bytesCodec struct{}

func (bytesCodec) Marshal(message any) ([]byte, error) { return *message.(*[]byte), nil }

func (bytesCodec) Unmarshal(data []byte, message any) error {
	*message.(*[]byte) = append([]byte(nil), data...)
	return nil
}

func (bytesCodec) Name() string { return "proto" }

const largestMessage = 16 << 20

func (to target) dial(options ...grpc.DialOption) (*grpc.ClientConn, error) {
	all := append([]grpc.DialOption{
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(
			grpc.ForceCodec(bytesCodec{}),
			grpc.MaxCallRecvMsgSize(largestMessage),
			grpc.MaxCallSendMsgSize(largestMessage),
		),
	}, options...)
	return grpc.NewClient("passthrough:///"+to.address, all...)
}

func call(ctx context.Context, on *grpc.ClientConn, method string, request []byte, options ...grpc.CallOption) ([]byte, error) {
	var response []byte
	err := on.Invoke(ctx, "/proof.Echo/"+method, &request, &response, options...)
	return response, err
}

// soon is the context of calls that have all the time they need.
func soon() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), 30*time.Second)
}
