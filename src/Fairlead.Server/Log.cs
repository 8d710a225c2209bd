using Microsoft.Extensions.Logging;

namespace Fairlead.Server;

/// <summary>Every log line of the control plane. Event ids are stable: 2000 to 2999.</summary>
internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Information,
        "Storage: {Kind}. Replica {Replica}, data in {Folder}, artifacts in a {Artifacts}")]
    public static partial void Started(
        this ILogger log, string kind, string replica, string folder, string artifacts);

    [LoggerMessage(2001, LogLevel.Warning,
        "The database cannot be reached; starting from the copies on local disk and trying again: {Why}")]
    public static partial void StartedWithoutDatabase(this ILogger log, string why);

    [LoggerMessage(2002, LogLevel.Information, "The database can be reached again")]
    public static partial void DatabaseIsBack(this ILogger log);

    [LoggerMessage(2003, LogLevel.Warning,
        "No keys: this server answers everything that comes from its own machine; 'fairlead keys create' makes one")]
    public static partial void WithoutKeys(this ILogger log);

    [LoggerMessage(2004, LogLevel.Error, "A round of upkeep failed; the next one comes")]
    public static partial void RoundFailed(this ILogger log, Exception failure);

    [LoggerMessage(2005, LogLevel.Information, "Fairlead answers on {Addresses}; stop it with SIGTERM")]
    public static partial void Answering(this ILogger log, string addresses);

    [LoggerMessage(2010, LogLevel.Information, "A write met another one and is tried again (attempt {Attempt}): {Why}")]
    public static partial void WriteRetried(this ILogger log, int attempt, string why);

    [LoggerMessage(2011, LogLevel.Error, "Unexpected failure answering {Method} {Path} (trace {Trace})")]
    public static partial void Unexpected(
        this ILogger log, Exception failure, string method, string path, string trace);

    [LoggerMessage(2012, LogLevel.Warning, "The storage failed answering {Method} {Path}: {Why}")]
    public static partial void StorageFailed(this ILogger log, string method, string path, string why);

    [LoggerMessage(2013, LogLevel.Error,
        "The bucket {Bucket} failed at '{Call}'; what is loaded and copied here goes on: {Why}")]
    public static partial void BucketFailed(this ILogger log, string bucket, string call, string why);

    [LoggerMessage(2014, LogLevel.Information, "The bucket {Bucket} answers again")]
    public static partial void BucketAnswers(this ILogger log, string bucket);

    [LoggerMessage(2020, LogLevel.Information, "Registered {Version}: {Bytes} bytes in {Files} files")]
    public static partial void Registered(this ILogger log, string version, long bytes, int files);

    [LoggerMessage(2021, LogLevel.Warning, "The probe refused a version of {Model} ({Code}): {Why}")]
    public static partial void ProbeRefused(this ILogger log, string model, string code, string why);

    [LoggerMessage(2022, LogLevel.Information, "Removed {Count} unreferenced artifacts, {Bytes} bytes")]
    public static partial void GarbageCollected(this ILogger log, int count, long bytes);

    [LoggerMessage(2023, LogLevel.Warning, "A temporary folder of a probe could not be removed: {Why}")]
    public static partial void ProbeFolderLeft(this ILogger log, string why);

    [LoggerMessage(2030, LogLevel.Warning, "Routing cannot be read from the database, the last known one stays: {Why}")]
    public static partial void RoutingUnreadable(this ILogger log, string why);

    [LoggerMessage(2031, LogLevel.Warning, "The copy of {What} on local disk could not be written: {Why}")]
    public static partial void CopyUnwritable(this ILogger log, string what, string why);

    [LoggerMessage(2032, LogLevel.Warning, "The heartbeat of this replica could not be written: {Why}")]
    public static partial void HeartbeatFailed(this ILogger log, string why);

    [LoggerMessage(2033, LogLevel.Information, "Changes of other replicas are heard of as they are made")]
    public static partial void Listening(this ILogger log);

    [LoggerMessage(2034, LogLevel.Warning,
        "Changes of other replicas are not heard of and are polled for; listening again in {Delay} s: {Why}")]
    public static partial void ListeningEnded(this ILogger log, double delay, string why);

    [LoggerMessage(2035, LogLevel.Error,
        "No word of the database for {Seconds} s: endpoints in a rollout go back to stable on this replica")]
    public static partial void ContactLost(this ILogger log, int seconds);

    [LoggerMessage(2036, LogLevel.Information, "The database answers again; this replica follows the rollouts again")]
    public static partial void ContactBack(this ILogger log);

    [LoggerMessage(2040, LogLevel.Warning, "Keys cannot be read from the database, the last known ones stay: {Why}")]
    public static partial void KeysUnreadable(this ILogger log, string why);

    [LoggerMessage(2041, LogLevel.Information, "A new key signs prediction ids from now on: {Key}")]
    public static partial void PredictionKeyMade(this ILogger log, int key);

    [LoggerMessage(2042, LogLevel.Warning,
        "Keys for prediction ids cannot be read or made, the last known ones stay: {Why}")]
    public static partial void PredictionKeysUnreadable(this ILogger log, string why);

    [LoggerMessage(2050, LogLevel.Information,
        "Stopping: not ready from now on, doors close in {Seconds} s, open requests finish")]
    public static partial void Stopping(this ILogger log, double seconds);

    [LoggerMessage(2060, LogLevel.Information, "This replica controls the rollouts (token {Token})")]
    public static partial void LeaseTaken(this ILogger log, long token);

    [LoggerMessage(2061, LogLevel.Warning,
        "This replica no longer controls the rollouts: another one has taken over (token {Token} is old)")]
    public static partial void LeaseLost(this ILogger log, long token);

    [LoggerMessage(2062, LogLevel.Warning, "A late write to rollout {Rollout} of {Endpoint} was fenced off: {Why}")]
    public static partial void Fenced(this ILogger log, long rollout, string endpoint, string why);

    [LoggerMessage(2063, LogLevel.Error, "A look at rollout {Rollout} of {Endpoint} failed; the next one comes")]
    public static partial void LookFailed(this ILogger log, Exception failure, long rollout, string endpoint);

    [LoggerMessage(2064, LogLevel.Warning,
        "The figures of rollout {Rollout} of {Endpoint} could not be read; its checks wait: {Why}")]
    public static partial void FiguresFailed(this ILogger log, long rollout, string endpoint, string why);

    [LoggerMessage(2065, LogLevel.Warning, "The rollouts cannot be looked at now, and are tried again: {Why}")]
    public static partial void ControllerFailed(this ILogger log, string why);

    [LoggerMessage(2090, LogLevel.Error, "The window {Digest} cannot be read and is left out: {Why}")]
    public static partial void WindowUnreadable(this ILogger log, string digest, string why);

    [LoggerMessage(2080, LogLevel.Error, "A look of the monitor {Monitor} failed; its alerts say so")]
    public static partial void MonitorLookFailed(this ILogger log, Exception failure, string monitor);

    [LoggerMessage(2081, LogLevel.Warning, "The monitors cannot look now, and are tried again: {Why}")]
    public static partial void MonitorPassFailed(this ILogger log, string why);

    [LoggerMessage(2082, LogLevel.Warning, "What the monitor {Monitor} found was not stored: {Why}")]
    public static partial void MonitorFenced(this ILogger log, string monitor, string why);

    [LoggerMessage(2110, LogLevel.Warning,
        "Monitor {Monitor} looked at {Count} things; the {LeftOut} least telling ones have no alert")]
    public static partial void AlertsLeftOut(this ILogger log, string monitor, int count, int leftOut);

    [LoggerMessage(2111, LogLevel.Error,
        "The message '{Title}' to {Receiver} is given up after {Attempts} attempts; a new one is made later: {Why}")]
    public static partial void AlertsNotDelivered(
        this ILogger log, string receiver, string title, int attempts, string why);

    [LoggerMessage(2112, LogLevel.Warning, "Alerts are not told now, and are tried again: {Why}")]
    public static partial void TellingFailed(this ILogger log, string why);

    [LoggerMessage(2114, LogLevel.Error,
        "The event {Event} ({Token}) to the webhook '{Webhook}' is given up after {Attempts} attempts: {Why}")]
    public static partial void WebhookGivenUp(
        this ILogger log, string webhook, string @event, string token, int attempts, string why);

    [LoggerMessage(2115, LogLevel.Warning, "Webhooks are not told now, and are tried again: {Why}")]
    public static partial void WebhooksNotTold(this ILogger log, string why);

    [LoggerMessage(2113, LogLevel.Warning, "A late round of telling alerts was fenced off: {Why}")]
    public static partial void TellingFenced(this ILogger log, string why);

    [LoggerMessage(2120, LogLevel.Information, "The audit log is sealed up to link {Sequence}, whose hash is {Hash}")]
    public static partial void AuditHead(this ILogger log, long sequence, string hash);

    [LoggerMessage(2121, LogLevel.Warning, "The audit log is not sealed now, and it is tried again: {Why}")]
    public static partial void AuditNotSealed(this ILogger log, string why);

    [LoggerMessage(2100, LogLevel.Warning, "The records in {Path} are not rolled now, and are tried again: {Why}")]
    public static partial void RecordsNotRolled(this ILogger log, string path, string why);

    [LoggerMessage(2101, LogLevel.Error, "The records in {Path} cannot be read and are set aside: {Why}")]
    public static partial void RecordsUnreadable(this ILogger log, string path, string why);
}
