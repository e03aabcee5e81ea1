package report
import ("testing";"os";"bytes")
func TestZ(t *testing.T){
 for name,c := range samples() { for _,l := range []string{"en","zh"} { o:=sampleOptions(t,c); o.Lang=l; var b bytes.Buffer; if err:=PDF(&b,c,o); err!=nil{t.Fatal(err)}; os.WriteFile("/tmp/bundle/r-"+name+"-"+l+".pdf", b.Bytes(),0600) } }
}
