// Ferretdb serves MongoDB's wire protocol over SQLite, for tests on machines that have no mongod.
//
// FerretDB 1.24 finds a document and writes it in two steps (its issue 3040), where MongoDB promises that a write to
// one document is atomic. So every command that writes passes through here one at a time; all others run freely.
package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"

	"github.com/FerretDB/FerretDB/ferretdb"
)

const (
	headerBytes  = 16
	opMsg        = 2013
	largest      = 48_000_000 // maxMessageSizeBytes of the protocol
	firstElement = headerBytes + 4 + 1 + 4 + 1
)

var writes = map[string]bool{
	"insert": true, "update": true, "delete": true, "findAndModify": true, "findandmodify": true,
	"create": true, "createIndexes": true, "drop": true, "dropDatabase": true, "dropIndexes": true,
}

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "address to listen on")
	data := flag.String("data", "", "folder of the SQLite files")
	cert := flag.String("cert", "", "certificate file: speaks TLS")
	key := flag.String("key", "", "key file of the certificate")
	flag.Parse()

	socket := filepath.Join(*data, "ferretdb.sock")
	_ = os.Remove(socket)
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})))
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{Unix: socket},
		Handler:   "sqlite",
		// A killed process loses nothing without flushing either.
		SQLiteURL: "file:" + *data + "/?_pragma=synchronous(off)",
	})
	if err != nil {
		log.Fatal(err)
	}
	front, err := listener(*listen, *cert, *key)
	if err != nil {
		log.Fatal(err)
	}
	go func() { log.Fatal(server.Run(context.Background())) }()
	go accept(front, socket)
	fmt.Println(front.Addr())

	// Whoever started this holds the other end: it ends with them, however they end.
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func listener(address, cert, key string) (net.Listener, error) {
	if cert == "" {
		return net.Listen("tcp", address)
	}
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, err
	}
	return tls.Listen("tcp", address, &tls.Config{Certificates: []tls.Certificate{pair}})
}

func accept(front net.Listener, socket string) {
	var writing sync.Mutex
	for {
		client, err := front.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go func() {
			defer client.Close()
			upstream, err := net.Dial("unix", socket)
			if err != nil {
				return
			}
			defer upstream.Close()
			for relay(client, upstream, &writing) == nil {
			}
		}()
	}
}

// relay passes one request on and its answer back.
func relay(client, upstream net.Conn, writing *sync.Mutex) error {
	request, err := message(client)
	if err != nil {
		return err
	}
	if writes[command(request)] {
		writing.Lock()
		defer writing.Unlock()
	}
	if _, err = upstream.Write(request); err != nil {
		return err
	}
	answer, err := message(upstream)
	if err != nil {
		return err
	}
	_, err = client.Write(answer)
	return err
}

func message(from io.Reader) ([]byte, error) {
	header := make([]byte, headerBytes)
	if _, err := io.ReadFull(from, header); err != nil {
		return nil, err
	}
	length := binary.LittleEndian.Uint32(header)
	if length < headerBytes || length > largest {
		return nil, errors.New("not a message")
	}
	whole := make([]byte, length)
	copy(whole, header)
	_, err := io.ReadFull(from, whole[headerBytes:])
	return whole, err
}

// command is the name of the first field of the body, which is the command.
func command(request []byte) string {
	if len(request) <= firstElement || binary.LittleEndian.Uint32(request[12:]) != opMsg {
		return ""
	}
	name := request[firstElement:]
	end := bytes.IndexByte(name, 0)
	if end < 0 {
		return ""
	}
	return string(name[:end])
}
