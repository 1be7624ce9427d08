package service

// devServices are ports of programs that developers run, without an assigned name or with
// one that few people know. The table is sorted by port.
var devServices = [...]service{
	{1521, onTCP, "oracle"},    // assigned: ncube-lm
	{1935, onTCP, "rtmp"},      // assigned: macromedia-fcs
	{2181, onTCP, "zookeeper"}, // assigned: eforward
	{2345, onTCP, "delve"},     // assigned: dbm
	{3100, onTCP, "loki"},      // assigned: opcon-xps
	{3128, onTCP, "squid"},     // assigned: ndl-aas
	{3310, onTCP, "clamd"},     // assigned: dyna-access
	{4040, onTCP, "ngrok"},     // assigned: yo-main
	{4200, onTCP, "angular"},
	{4222, onTCP, "nats"},
	{4318, onTCP, "opentelemetry-http"},
	{4444, onTCP, "selenium"},   // assigned: krb524, nv-video
	{4566, onTCP, "localstack"}, // assigned: kwtc
	{4646, onTCP, "nomad"},      // assigned: dots-signal
	{4647, onTCP, "nomad-rpc"},
	{4648, onBoth, "nomad-serf"},
	{4711, onTCP, "netcoredbg"}, // assigned: trinity-dist
	{4873, onTCP, "verdaccio"},
	{5005, onTCP, "jdwp"}, // assigned: avt-profile-2
	{5037, onTCP, "adb"},
	{5044, onTCP, "logstash-beats"}, // assigned: lxi-evntsvc
	{5173, onTCP, "vite"},
	{5174, onTCP, "vite"},
	{5201, onBoth, "iperf3"}, // assigned: targus-getdata1
	{5341, onTCP, "seq"},
	{5555, onTCP, "adb"},    // assigned: personal-agent
	{5601, onTCP, "kibana"}, // assigned: esmagent
	{5665, onTCP, "icinga2"},
	{5678, onTCP, "debugpy"}, // assigned: rrac
	{5701, onTCP, "hazelcast"},
	{5858, onTCP, "node-debug"},
	{5901, onTCP, "rfb-1"},
	{5902, onTCP, "rfb-2"},
	{5938, onBoth, "teamviewer"},
	{6006, onTCP, "tensorboard"}, // assigned: x11-6
	{6010, onTCP, "x11-10"},
	{6011, onTCP, "x11-11"},
	{6012, onTCP, "x11-12"},
	{6060, onTCP, "pprof"},
	{6080, onTCP, "novnc"},
	{6333, onTCP, "qdrant"},
	{6334, onTCP, "qdrant-grpc"},
	{6380, onTCP, "redis-tls"},
	{6443, onTCP, "kubernetes-api"}, // assigned: sun-sr-https
	{6499, onTCP, "bun-inspect"},
	{6650, onTCP, "pulsar"},
	{6831, onUDP, "jaeger-compact"}, // assigned: ambit-lm
	{6832, onUDP, "jaeger-binary"},
	{7199, onTCP, "cassandra-jmx"},
	{7233, onTCP, "temporal"},
	{7700, onTCP, "meilisearch"}, // assigned: em7-secom
	{7860, onTCP, "gradio"},
	{7946, onBoth, "swarm-gossip"},
	{8005, onTCP, "tomcat-shutdown"}, // assigned: mxi
	{8009, onTCP, "ajp13"},           // assigned: nvme-disc
	{8025, onTCP, "mailpit"},         // assigned: ca-audit-da
	{8069, onTCP, "odoo"},
	{8086, onTCP, "influxdb"}, // assigned: d-s-n
	{8089, onTCP, "locust"},
	{8096, onTCP, "jellyfin"},
	{8108, onTCP, "typesense"},
	{8123, onTCP, "clickhouse-http"},
	{8125, onUDP, "statsd"},
	{8161, onTCP, "activemq-console"}, // assigned: patrol-snmp
	{8200, onTCP, "vault"},            // assigned: trivnet1
	{8222, onTCP, "nats-monitor"},
	{8265, onTCP, "ray-dashboard"},
	{8300, onTCP, "consul-rpc"},   // assigned: tmi
	{8301, onBoth, "consul-serf"}, // assigned: amberon
	{8302, onBoth, "consul-serf-wan"},
	{8333, onTCP, "bitcoin"},
	{8384, onTCP, "syncthing"},
	{8388, onBoth, "shadowsocks"},
	{8428, onTCP, "victoriametrics"},
	{8472, onUDP, "flannel"},   // assigned: otv
	{8500, onTCP, "consul"},    // assigned: fmtp
	{8501, onTCP, "streamlit"}, // assigned: cmtp-mgt
	{8529, onTCP, "arangodb"},
	{8545, onTCP, "ethereum-rpc"},
	{8649, onBoth, "ganglia"},
	{8761, onTCP, "eureka"},
	{8775, onTCP, "nova-metadata"},
	{8834, onTCP, "nessus"},
	{8848, onTCP, "nacos"},
	{8978, onTCP, "cloudbeaver"},
	{8983, onTCP, "solr"},
	{9003, onTCP, "xdebug"},
	{9042, onTCP, "cassandra"},
	{9050, onTCP, "tor-socks"},    // assigned: versiera
	{9051, onTCP, "tor-control"},  // assigned: fio-cmgmt
	{9091, onTCP, "pushgateway"},  // assigned: xmltec-xmlmail
	{9092, onTCP, "kafka"},        // assigned: XmlIpcRegSvc
	{9093, onTCP, "alertmanager"}, // assigned: copycat
	{9094, onTCP, "alertmanager-cluster"},
	{9099, onTCP, "firebase-database"},
	{9113, onTCP, "nginx-exporter"},
	{9115, onTCP, "blackbox-exporter"},
	{9121, onTCP, "redis-exporter"},
	{9160, onTCP, "cassandra-thrift"}, // assigned: apani1
	{9187, onTCP, "postgres-exporter"},
	{9200, onTCP, "elasticsearch"},   // assigned: wap-wsp
	{9222, onTCP, "chrome-devtools"}, // assigned: teamcoherence
	{9223, onTCP, "chrome-devtools"},
	{9229, onTCP, "node-inspect"},
	{9230, onTCP, "node-inspect"},
	{9300, onTCP, "elasticsearch-transport"}, // assigned: vrace
	{9323, onTCP, "docker-metrics"},
	{9411, onTCP, "zipkin"},
	{9515, onTCP, "chromedriver"},
	{9600, onTCP, "logstash-api"}, // assigned: micromuse-ncpw
	{9644, onTCP, "redpanda-admin"},
	{9696, onTCP, "neutron"},
	{9735, onTCP, "lightning"},
	{9870, onTCP, "hdfs-namenode-ui"},
	{9993, onUDP, "zerotier"}, // assigned: palace-2
	{10024, onTCP, "amavisd"},
	{10248, onTCP, "kubelet-healthz"},
	{10249, onTCP, "kube-proxy-metrics"},
	{10250, onTCP, "kubelet"},
	{10255, onTCP, "kubelet-read-only"},
	{10256, onTCP, "kube-proxy-healthz"},
	{10257, onTCP, "kube-controller-manager"},
	{10259, onTCP, "kube-scheduler"},
	{10911, onTCP, "rocketmq-broker"},
	{11332, onTCP, "rspamd"},
	{11334, onTCP, "rspamd-controller"},
	{11434, onTCP, "ollama"},
	{13133, onTCP, "opentelemetry-health"},
	{14250, onTCP, "jaeger-grpc"}, // assigned: cps
	{14268, onTCP, "jaeger-http"},
	{15672, onTCP, "rabbitmq-management"},
	{15692, onTCP, "rabbitmq-prometheus"},
	{16379, onTCP, "redis-cluster"},
	{16686, onTCP, "jaeger-ui"},
	{18080, onTCP, "spark-history"},
	{18083, onTCP, "emqx-dashboard"},
	{19000, onTCP, "expo"}, // assigned: igrid
	{19006, onTCP, "expo-web"},
	{19132, onUDP, "minecraft-bedrock"},
	{19530, onTCP, "milvus"},
	{19999, onTCP, "netdata"}, // assigned: dnp-sec
	{21027, onUDP, "syncthing-discovery"},
	{22000, onBoth, "syncthing-transfer"}, // assigned: snapenetio
	{24224, onBoth, "fluentd"},
	{24800, onTCP, "synergy"},
	{25565, onTCP, "minecraft"},
	{25672, onTCP, "rabbitmq-cluster"},
	{25826, onUDP, "collectd"},
	{26379, onTCP, "redis-sentinel"},
	{26500, onTCP, "zeebe"},
	{27018, onTCP, "mongodb-shard"},
	{27019, onTCP, "mongodb-config"},
	{28015, onTCP, "rethinkdb"},
	{29418, onTCP, "gerrit-ssh"},
	{30303, onBoth, "ethereum"},
	{34197, onUDP, "factorio"},
	{35729, onTCP, "livereload"},
	{41641, onUDP, "tailscale"},
	{50000, onTCP, "jenkins-agent"},
	{50051, onTCP, "grpc"},
	{51413, onBoth, "bittorrent"},
	{51820, onUDP, "wireguard"},
	{54322, onTCP, "supabase-db"},
	{54323, onTCP, "supabase-studio"},
	{61613, onTCP, "stomp"},
	{61616, onTCP, "activemq"},
}
