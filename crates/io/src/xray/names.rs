//! OpenTelemetry's names of what X-Ray names otherwise.

/// What a path of a segment's `aws` is called as an attribute of its resource;
/// `None` where it is one of the span.
pub(super) fn of_resource(path: &str) -> Option<&str> {
    Some(match path {
        "aws.account_id" => "cloud.account.id",
        "aws.ec2.instance_id" => "host.id",
        "aws.ec2.availability_zone" => "cloud.availability_zone",
        "aws.ec2.instance_size" => "host.type",
        "aws.ec2.ami_id" => "host.image.id",
        "aws.ecs.container" => "container.name",
        "aws.ecs.container_id" | "aws.eks.container_id" => "container.id",
        "aws.ecs.availability_zone" => "cloud.availability_zone",
        "aws.ecs.container_arn" => "aws.ecs.container.arn",
        "aws.ecs.cluster_arn" => "aws.ecs.cluster.arn",
        "aws.ecs.task_arn" => "aws.ecs.task.arn",
        "aws.ecs.task_family" => "aws.ecs.task.family",
        "aws.ecs.launch_type" => "aws.ecs.launchtype",
        "aws.eks.cluster_name" => "k8s.cluster.name",
        "aws.eks.pod" => "k8s.pod.name",
        "aws.elastic_beanstalk.environment_name" => "service.namespace",
        "aws.elastic_beanstalk.deployment_id" => "service.instance.id",
        "aws.elastic_beanstalk.version_label" => "service.version",
        "aws.xray.sdk" => "telemetry.sdk.name",
        "aws.xray.sdk_version" => "telemetry.sdk.version",
        "aws.xray.sampling_rule_name" => return None,
        path => {
            const OWNERS: [&str; 6] = [
                "aws.ec2.",
                "aws.ecs.",
                "aws.eks.",
                "aws.elastic_beanstalk.",
                "aws.xray.",
                "aws.cloudwatch_logs",
            ];
            let of_owner = OWNERS.iter().any(|owner| path.starts_with(owner));
            return of_owner.then_some(path);
        }
    })
}

/// What a path of a segment's `service` is called as an attribute of its
/// resource.
pub(super) fn of_service(path: &str) -> &str {
    match path {
        "service.runtime" => "process.runtime.name",
        "service.runtime_version" => "process.runtime.version",
        path => path,
    }
}

/// The cloud platform of an `origin`.
pub(super) fn of_origin(origin: &str) -> Option<&'static str> {
    Some(match origin {
        "AWS::EC2::Instance" => "aws_ec2",
        "AWS::ECS::Container" | "AWS::ECS::Fargate" | "AWS::ECS::EC2" => "aws_ecs",
        "AWS::EKS::Container" => "aws_eks",
        "AWS::ElasticBeanstalk::Environment" => "aws_elastic_beanstalk",
        "AWS::Lambda::Function" | "AWS::Lambda" => "aws_lambda",
        "AWS::AppRunner::Service" => "aws_app_runner",
        _ => return None,
    })
}

/// What a path of `http` is called as an attribute.
pub(super) fn of_http(path: &str) -> &str {
    match path {
        "http.request.url" => "url.full",
        "http.request.user_agent" => "user_agent.original",
        "http.request.client_ip" => "client.address",
        "http.request.x_forwarded_for" => "aws.xray.x_forwarded_for",
        "http.request.traced" => "aws.xray.traced",
        "http.response.status" => "http.response.status_code",
        "http.response.content_length" => "http.response.body.size",
        path => path,
    }
}

/// What a path of `sql` is called as an attribute.
pub(super) fn of_sql(path: &str) -> &str {
    match path {
        "sql.sanitized_query" => "db.query.text",
        "sql.database_type" => "db.system.name",
        "sql.url" | "sql.connection_string" => "db.connection_string",
        "sql.user" => "db.user",
        path => path,
    }
}

/// What a member of a segment that is nothing else is called as an attribute.
pub(super) fn of_member(name: &str) -> String {
    match name {
        "user" => "user.id".to_owned(),
        name => format!("aws.xray.{name}"),
    }
}
