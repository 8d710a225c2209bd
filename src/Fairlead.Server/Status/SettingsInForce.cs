using System.Globalization;
using Fairlead.Client.Api;
using Fairlead.Server.Hosting;
using Npgsql;

namespace Fairlead.Server.Status;

/// <summary>
/// The settings that a process runs with, by the names that they are given under; what is secret is only said to be
/// set.
/// </summary>
internal static class SettingsInForce
{
    private const string NoOther = "none";

    /// <param name="serve">Null where a control plane stands without a data plane.</param>
    /// <param name="control">Of the control plane.</param>
    public static IReadOnlyList<SettingInfo> Of(ServeOptions? serve, ControlPlaneOptions control) =>
    [
        .. Serving(serve),
        new("--data", Path.GetFullPath(control.DataFolder)),
        new("--postgres", control.PostgresConnection is { } connection ? WithoutPassword(connection) : NoOther),
        new("--artifacts", control.ArtifactBucket ?? control.ArtifactFolder ?? "below --data"),
        new("--advertise", control.AdvertisedAddress ?? "nothing"),
        new("--prometheus", control.PrometheusAddress is { } address ? WithoutUser(address) : NoOther),
        new("--webhook-targets", control.PublicTargetsOnly ? "public" : "any"),
        new("--contact-grace", Text(control.ContactGrace)),
        new("FAIRLEAD_ADMIN_KEY", control.AdminKey is null ? "not set" : "set"),
        new("replica lease", Text(control.ReplicaLease)),
        new("controller lease", Text(control.ControllerLease)),
        new("largest artifact, bytes", Text(control.MaxArtifactBytes)),
        new("memory of a probe, bytes", Text(control.ProbeMemoryBytes)),
        new("time of a probe", Text(control.ProbeTimeout)),
        new("probes at once", Text(control.ProbesAtOnce)),
        new("memory of a question, bytes", Text(control.QueryMemoryBytes)),
        new("answers and outcomes are kept", Text(control.OutcomeLife)),
        new("deleted runs can be restored", Text(control.TrashLife)),
        new("unreferenced artifacts are kept", Text(control.GarbageGrace)),
        new("keys of prediction ids live", Text(control.PredictionKeyLife)),
    ];

    private static IEnumerable<SettingInfo> Serving(ServeOptions? serve) => serve is null
        ? []
        :
        [
            new("--http", serve.Http), new("--grpc", serve.Grpc),
            new("--default-endpoint", serve.DefaultEndpoint ?? NoOther),
            new("--concurrent-runs", serve.ConcurrentRuns == 0 ? "one a processor" : Text(serve.ConcurrentRuns)),
            new("--drain-delay", serve.DrainDelay is { } delay ? Text(delay) : "none on loopback, else 5 s"),
            new("shutdown timeout", Text(serve.ShutdownTimeout)),
            new("--log", serve.JsonLogs ? "json" : "text"), new("--log-level", $"{serve.LogLevel}"),
        ];

    private static string WithoutPassword(string connection)
    {
        var parts = new NpgsqlConnectionStringBuilder(connection);
        return string.Create(CultureInfo.InvariantCulture,
            $"{parts.Host}:{parts.Port}, database {parts.Database}, user {parts.Username}");
    }

    private static string WithoutUser(string address) =>
        new UriBuilder(address) { UserName = "", Password = "" }.Uri.GetLeftPart(UriPartial.Path);

    private static string Text(IFormattable value) => value.ToString(null, CultureInfo.InvariantCulture);
}
