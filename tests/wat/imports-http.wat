;; Asks for the network of another host, which is not here.
(component
  (import "wasi:http/types@0.2.0" (instance))
  (instance $provider)
  (export "lockgate:provider/provider@0.1.0" (instance $provider))
  (@custom "lockgate:manifest" "name = 'imports-http'"))
