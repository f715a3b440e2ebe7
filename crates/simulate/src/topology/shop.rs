//! A web shop: ten services, four databases, a cache and two queues.
//!
//! ```text
//! storefront ─▶ gateway ─┬▶ catalog ─▶ redis, catalog-db
//!                        ├▶ recommend ─▶ catalog
//!                        ├▶ inventory ─▶ inventory-db
//!                        └▶ orders ─┬▶ inventory ─▶ inventory-db (a row lock)
//!                                   ├▶ payments ─▶ fraud, payments-db
//!                                   ├▶ orders-db
//!                                   ├▶ queue mail ─▶ mailer
//!                                   └▶ queue activity ─▶ analytics (in batches)
//! ```

use super::{
    Action, Cache, Call, Entry, Operation, Publish, Query, Queue, Retry, Service, Topology,
};
use crate::failure::Failure;
use crate::latency::Latency;

impl Topology {
    /// A web shop of ten services, with databases, a cache and queues.
    ///
    /// ```
    /// use spanwise_simulate::Topology;
    /// let shop = Topology::shop();
    /// assert_eq!((shop.services.len(), shop.queues.len()), (10, 2));
    /// ```
    #[must_use]
    pub fn shop() -> Self {
        Self {
            services: vec![
                storefront(),
                gateway(),
                orders(),
                inventory(),
                payments(),
                fraud(),
                catalog(),
                recommend(),
                mailer(),
                analytics(),
            ],
            queues: vec![
                Queue::new("mail").consumers(3),
                Queue::new("activity").consumers(2).batch(10),
            ],
            entries: vec![
                Entry::new("storefront", "browse products", 5.0),
                Entry::new("storefront", "open product", 3.0),
                Entry::new("storefront", "place order", 2.0),
            ],
            network: Latency::micros(250),
            hosts: 6,
        }
    }
}

fn storefront() -> Service {
    let page = |name: &str, call: Call| {
        Operation::task(name)
            .then(Latency::millis(2))
            .then(call)
            .then(Latency::millis(3))
    };
    Service::new("storefront")
        .pods(3)
        .version("4.2.0")
        .scope("@opentelemetry/instrumentation-http")
        .operation(page(
            "browse products",
            Call::to("gateway", "GET /products").timeout_millis(10_000),
        ))
        .operation(page(
            "open product",
            Call::to("gateway", "GET /products/{id}").timeout_millis(10_000),
        ))
        .operation(page(
            "place order",
            Call::to("gateway", "POST /orders").timeout_millis(15_000),
        ))
}

fn gateway() -> Service {
    let retry = Retry::attempts(2, 20);
    let recommend = || {
        Call::to("recommend", "GET /recommendations")
            .timeout_millis(800)
            .optional()
    };
    Service::new("gateway")
        .pods(3)
        .version("2.8.1")
        .scope("opentelemetry.instrumentation.fastapi")
        .operation(
            Operation::http("GET", "/products")
                .then(Action::Work("authenticate".into(), Latency::micros(700)))
                .together(vec![
                    Call::to("catalog", "GET /catalog").retry(retry).into(),
                    recommend().into(),
                ])
                .then(Latency::millis(1)),
        )
        .operation(
            Operation::http("GET", "/products/{id}")
                .then(Action::Work("authenticate".into(), Latency::micros(700)))
                .together(vec![
                    Call::to("catalog", "GET /catalog/{id}").retry(retry).into(),
                    Call::to("inventory", "GET /stock/{id}").into(),
                    recommend().probability(0.5).into(),
                ])
                .then(Latency::millis(1)),
        )
        .operation(
            Operation::http("POST", "/orders")
                .then(Action::Work("authenticate".into(), Latency::micros(900)))
                .then(Call::to("orders", "POST /orders").timeout_millis(12_000))
                .then(Latency::micros(800)),
        )
}

fn orders() -> Service {
    Service::new("orders")
        .pods(4)
        .version("3.1.4")
        .scope("opentelemetry.instrumentation.flask")
        .operation(
            Operation::http("POST", "/orders")
                .then(Latency::millis(2))
                .then(Call::to("inventory", "POST /reserve").timeout_millis(8_000))
                .then(Call::to("payments", "POST /pay").timeout_millis(6_000))
                .then(Query::new(
                    "orders-db",
                    "INSERT",
                    "orders",
                    Latency::millis(4),
                ))
                .then(
                    Query::new("orders-db", "INSERT", "order_lines", Latency::millis(2)).repeat(2),
                )
                .together(vec![
                    Publish::to("mail").into(),
                    Publish::to("activity").into(),
                ])
                .then(Latency::millis(1)),
        )
}

fn inventory() -> Service {
    Service::new("inventory")
        .pods(3)
        .version("1.9.0")
        .scope("opentelemetry.instrumentation.flask")
        .operation(
            Operation::http("GET", "/stock/{id}")
                .then(Latency::millis(1))
                .then(Query::new(
                    "inventory-db",
                    "SELECT",
                    "stock",
                    Latency::millis(5),
                ))
                .then(Latency::micros(600)),
        )
        .operation(
            Operation::http("POST", "/reserve")
                .then(Latency::millis(1))
                .then(Query::new(
                    "inventory-db",
                    "SELECT",
                    "reservations",
                    Latency::millis(3),
                ))
                .then(
                    Query::new("inventory-db", "UPDATE", "stock", Latency::millis(2))
                        .lock("stock-row"),
                )
                .then(Latency::micros(700)),
        )
}

fn payments() -> Service {
    Service::new("payments")
        .pods(3)
        .version("5.0.2")
        .scope("opentelemetry.instrumentation.flask")
        .operation(
            Operation::http("POST", "/pay")
                .then(Latency::millis(3))
                .then(Call::to("fraud", "shop.Fraud/Check").timeout_millis(2_000))
                .then(Action::Work(
                    "authorize card".into(),
                    Latency::millis(18).spread(0.5),
                ))
                .then(Query::new(
                    "payments-db",
                    "INSERT",
                    "charges",
                    Latency::millis(4),
                ))
                .fails(Failure::Exception, 0.002),
        )
}

fn fraud() -> Service {
    Service::new("fraud")
        .pods(2)
        .version("0.7.3")
        .scope("opentelemetry.instrumentation.grpc")
        .operation(
            Operation::grpc("shop.Fraud", "Check")
                .then(Latency::millis(4))
                .then(Query::new("fraud-db", "SELECT", "rules", Latency::millis(2)).system("mysql"))
                .then(Latency::millis(6)),
        )
}

fn catalog() -> Service {
    let cached = |prefix: &str, table: &str| {
        Cache::new("redis", prefix).or(Query::new(
            "catalog-db",
            "SELECT",
            table,
            Latency::millis(7),
        ))
    };
    Service::new("catalog")
        .pods(3)
        .version("2.2.0")
        .scope("io.opentelemetry.spring-webmvc-6.0")
        .operation(
            Operation::http("GET", "/catalog")
                .then(Latency::millis(1))
                .then(cached("page", "products"))
                .then(Action::Work("render".into(), Latency::millis(3))),
        )
        .operation(
            Operation::http("GET", "/catalog/{id}")
                .then(Latency::micros(800))
                .then(cached("product", "products"))
                .then(cached("price", "prices"))
                .then(Latency::micros(900))
                .fails(Failure::NotFound, 0.01),
        )
}

fn recommend() -> Service {
    Service::new("recommend")
        .pods(2)
        .version("1.4.7")
        .scope("@opentelemetry/instrumentation-express")
        .operation(
            Operation::http("GET", "/recommendations")
                .then(Action::Work("rank".into(), Latency::millis(9).spread(0.5)))
                .then(Call::to("catalog", "GET /catalog/{id}").repeat(2))
                .then(Latency::micros(500)),
        )
}

fn mailer() -> Service {
    Service::new("mailer")
        .pods(1)
        .version("1.1.0")
        .scope("opentelemetry.instrumentation.kafka")
        .operation(
            Operation::consumer("mail")
                .then(Latency::millis(12))
                .then(Action::Work("deliver".into(), Latency::millis(8))),
        )
}

fn analytics() -> Service {
    Service::new("analytics")
        .pods(1)
        .version("0.3.0")
        .scope("io.opentelemetry.kafka-clients-2.6")
        .operation(
            Operation::consumer("activity")
                .then(Latency::millis(5))
                .then(
                    Query::new("warehouse", "INSERT", "events", Latency::millis(15))
                        .system("clickhouse"),
                ),
        )
}
