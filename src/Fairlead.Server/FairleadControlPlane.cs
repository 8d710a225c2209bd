using System.Text.Json.Serialization;
using Fairlead.Server.Access;
using Fairlead.Server.Alerts;
using Fairlead.Server.Alerts.Telling;
using Fairlead.Server.Apply;
using Fairlead.Server.Audit;
using Fairlead.Server.Datasets;
using Fairlead.Server.Endpoints;
using Fairlead.Server.Evaluating;
using Fairlead.Server.Hosting;
using Fairlead.Server.Lineage;
using Fairlead.Server.Lineage.Export;
using Fairlead.Server.Monitoring;
using Fairlead.Server.Monitors;
using Fairlead.Server.Outcomes;
using Fairlead.Server.Problems;
using Fairlead.Server.Promotion;
using Fairlead.Server.Quality;
using Fairlead.Server.Records;
using Fairlead.Server.Records.Query;
using Fairlead.Server.Records.Shared;
using Fairlead.Server.Registry;
using Fairlead.Server.Rollouts;
using Fairlead.Server.Rollouts.Figures;
using Fairlead.Server.Series;
using Fairlead.Server.Status;
using Fairlead.Server.Storage;
using Fairlead.Server.Storage.S3;
using Fairlead.Server.Tracking;
using Fairlead.Server.Tracking.Mlflow;
using Fairlead.Server.Webhooks;
using Fairlead.Serving.Facts;
using Fairlead.Serving.Predict;
using Fairlead.Serving.Records;
using Fairlead.Serving.Records.Tables;
using Fairlead.Serving.Routing;
using Fairlead.Serving.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Fairlead.Server;

/// <summary>Puts the control plane into a host.</summary>
public static class FairleadControlPlane
{
    /// <summary>
    /// Adds the control plane. It starts before the server listens: storage, keys and protected mode are settled then.
    /// A host with a data plane adds its <see cref="IQuarantine"/> before.
    /// </summary>
    public static IServiceCollection AddFairleadControlPlane(
        this IServiceCollection services, ControlPlaneOptions options)
    {
        options.ThrowIfInvalid();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.TryAddSingleton<RefusalMeter>();
        services.ConfigureHttpJsonOptions(UseApiJson);
        services.AddStorage();

        services.AddSingleton<LocalPlacements>();
        services.AddSingleton<Contact>();
        services.AddSingleton<Replica>();
        services.AddSingleton<EndpointViews>();
        services.AddSingleton<IRoutingFeed, DatabaseRoutingFeed>();

        services.AddRegistry();
        services.AddTracking();

        services.AddSingleton<RolloutWake>();
        services.AddSingleton<ExternalFigures>();
        services.TryAddSingleton<IRolloutFigures, DatabaseFigures>();
        services.AddSingleton<Lease>();
        services.AddSingleton<RolloutFactsRead>();
        services.AddSingleton<RolloutLooks>();

        services.AddSingleton<ShadowExampleStore>();
        services.AddSingleton<IFactsSink, FactsStore>();
        services.AddSingleton<OutcomeMeter>();
        services.AddSingleton<RolloutMeter>();
        services.AddSingleton<IMetricsSource, ControlMetrics>();
        services.AddSingleton<OutcomeIntake>();
        services.AddSingleton<EndpointValues>();
        services.AddSingleton<OutcomeKeeping>();

        services.AddWindows();
        services.AddDatasets();
        services.AddMonitors();
        services.AddPromotions();
        services.AddAlerts();
        services.AddWebhooks();

        services.AddRecords(options);
        services.AddAudit();
        services.AddSingleton<PredictionKeys>();
        services.AddSingleton<IPredictionKeys>(provider => provider.GetRequiredService<PredictionKeys>());
        services.AddHostedService<ControlPlaneService>();
        services.AddHostedService(provider => provider.GetRequiredService<RecordKeeping>());
        services.AddHostedService(provider => provider.GetRequiredService<RecordLog>());
        if (options.ArtifactBucket is not null)
            services.AddHostedService<BucketWatch>();
        services.AddHostedService<ChangeListener>();
        services.AddSingleton<RolloutController>();
        services.AddHostedService(provider => provider.GetRequiredService<RolloutController>());
        services.AddHostedService(provider => provider.GetRequiredService<MonitorController>());
        services.AddHostedService(provider => provider.GetRequiredService<AlertSender>());
        services.AddHostedService(provider => provider.GetRequiredService<WebhookSender>());
        services.AddHostedService(provider => provider.GetRequiredService<AuditSealer>());
        return services;
    }

    /// <summary>
    /// Adds what every request passes: problems told as RFC 9457, then access control. Comes after routing and before
    /// any route runs.
    /// </summary>
    public static IApplicationBuilder UseFairleadAccess(this IApplicationBuilder app) =>
        app.UseMiddleware<ProblemMiddleware>().UseRouting().UseMiddleware<AccessMiddleware>();

    /// <summary>Maps the routes of the control plane: below <c>/api/v1</c>, and those of MLflow's protocol.</summary>
    public static void MapFairleadControlPlane(this IEndpointRouteBuilder routes)
    {
        routes.MapModels();
        routes.MapVersions();
        routes.MapEvaluations();
        routes.MapPromotions();
        routes.MapCarrying();
        routes.MapLineage();
        routes.MapArtifacts();
        routes.MapDatasets();
        routes.MapEndpoints();
        routes.MapRollouts();
        routes.MapOutcomes();
        routes.MapMonitoring();
        routes.MapMonitors();
        routes.MapQuality();
        routes.MapSeries();
        routes.MapSchemas();
        routes.MapAlerting();
        routes.MapWebhooks();
        routes.MapPredictions();
        routes.MapReplicaRecords();
        routes.MapApply();
        routes.MapKeys();
        routes.MapAudit();
        routes.MapAuditChain();
        routes.MapStatus();
        routes.MapRuns();
        routes.MapRunFiles();
        routes.MapMlflow();
    }

    /// <summary>Storage and the one way to write to it; also all that the tools of the command line need.</summary>
    internal static IServiceCollection AddStorage(this IServiceCollection services)
    {
        services.AddSingleton(
            provider => DataFolder.Open(provider.GetRequiredService<ControlPlaneOptions>().DataFolder));
        services.AddSingleton<Database>();
        services.AddSingleton<RevisionSignals>();
        services.AddSingleton<WriteGate>();
        services.AddSingleton<ControlPlane>();
        services.AddSingleton<KeyWrites>();
        services.AddSingleton<Callers>();
        services.AddSingleton(provider => new Keyring(
            provider.GetRequiredService<Database>(), provider.GetRequiredService<DataFolder>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<Keyring>>()));
        services.AddArtifactStore();
        return services;
    }

    private static void AddAudit(this IServiceCollection services)
    {
        services.AddSingleton<AuditMeter>();
        services.AddSingleton<IMetricsSource>(provider => provider.GetRequiredService<AuditMeter>());
        services.AddSingleton<AuditRetention>();
        services.AddSingleton<AuditSealer>();
    }

    private static void AddRecords(this IServiceCollection services, ControlPlaneOptions options)
    {
        services.AddSingleton<ReplicaCalls>();
        if (options.ArtifactBucket is not null)
        {
            services.AddSingleton<SharedRecords>();
            services.AddSingleton<OtherRecords>();
            services.AddSingleton<GoneRecords>();
        }

        services.AddSingleton<RecordMeter>();
        services.AddSingleton<IMetricsSource>(provider => provider.GetRequiredService<RecordMeter>());
        services.AddSingleton<IRecordKey, RecordKey>();
        services.AddSingleton(provider => new RecordLog(
            Path.Combine(provider.GetRequiredService<DataFolder>().Path, "records", "log"),
            provider.GetRequiredService<IRecordKey>(), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<RecordLog>>(), provider.GetRequiredService<RecordMeter>()));

        services.AddSingleton<Forgotten>();
        services.TryAddSingleton<IRecordTables>(provider => new RecordTableFolder(
            Path.Combine(provider.GetRequiredService<DataFolder>().Path, "records", "tables")));
        services.AddSingleton<RecordStore>();
        services.AddSingleton<RecordKeeping>();
        services.AddSingleton<RecordQueries>();
        services.AddSingleton<RecordForgetting>();
    }

    private static void AddRegistry(this IServiceCollection services)
    {
        services.TryAddSingleton<IVersionProbe, ChildProcessProbe>();
        services.TryAddSingleton<IVersionCheck, SuspectProbe>();
        services.TryAddSingleton<IQuarantine, NoQuarantine>();
        services.AddSingleton<LineageCapture>();
        services.AddSingleton<LineageRead>();
        services.AddSingleton<LineageExports>();
        services.AddSingleton<Registration>();
        services.AddSingleton<GarbageCollection>();
        services.AddSingleton<ArtifactParts>();
    }

    /// <summary>Answers are written as <see cref="Client.Api.ApiJson"/> does.</summary>
    private static void UseApiJson(JsonOptions json) =>
        json.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
}
