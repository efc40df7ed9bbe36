// Floor does what every program with the agent's libraries has to do before it
// can take a scan, and nothing else: the figures compare the agent's start with
// it. It is called with a database, a serial port and a text for a QR code.
package main

import (
	"bufio"
	"database/sql"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"

	_ "github.com/eclipse/paho.mqtt.golang" // linked like the agent's, not called before a scan
	_ "github.com/mattn/go-sqlite3"
	"github.com/skip2/go-qrcode"
	"go.bug.st/serial"
	_ "periph.io/x/conn/v3/gpio"
)

func main() {
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		log.Fatal(err)
	}
}

func run(file, name, text string) error {
	db, err := sql.Open("sqlite3", file+"?_journal_mode=WAL")
	if err != nil {
		return err
	}
	if _, err := db.Exec("CREATE TABLE IF NOT EXISTS entry (seq INTEGER PRIMARY KEY, body BLOB) STRICT"); err != nil {
		return err
	}
	port, err := serial.Open(name, &serial.Mode{BaudRate: 9600, DataBits: 8})
	if err != nil {
		return err
	}
	code, err := qrcode.New(text, qrcode.Medium)
	if err != nil {
		return err
	}
	page, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	go http.Serve(page, nil) //nolint:errcheck // until the end
	fmt.Println("ready", len(code.Bitmap()))
	_, err = bufio.NewReader(port).ReadString('\r')
	return err
}
