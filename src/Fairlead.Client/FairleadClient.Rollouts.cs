using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Fairlead.Client.Api;

namespace Fairlead.Client;

public sealed partial class FairleadClient
{
    private const string Rollouts = "api/v1/rollouts";

    /// <summary>Starts a rollout.</summary>
    public Task<RolloutInfo> StartRolloutAsync(RolloutRequest request, CancellationToken cancellation = default) =>
        SendAsync<RolloutRequest, RolloutInfo>(HttpMethod.Post, Rollouts, request, cancellation);

    /// <summary>Compiles a plan against the endpoint as it is now, and starts nothing.</summary>
    public Task<RolloutPlanInfo> PlanRolloutAsync(RolloutRequest request, CancellationToken cancellation = default) =>
        SendAsync<RolloutRequest, RolloutPlanInfo>(
            HttpMethod.Post, Address(Rollouts, ("dryRun", true)), request, cancellation);

    /// <summary>Starts a rollout that is written as YAML or JSON.</summary>
    public Task<RolloutInfo> StartRolloutAsync(string document, CancellationToken cancellation = default) =>
        SendDocumentAsync<RolloutInfo>(HttpMethod.Post, Rollouts, document, cancellation);

    /// <summary>Compiles a plan that is written as YAML or JSON, and starts nothing.</summary>
    public Task<RolloutPlanInfo> PlanRolloutAsync(string document, CancellationToken cancellation = default) =>
        SendDocumentAsync<RolloutPlanInfo>(
            HttpMethod.Post, Address(Rollouts, ("dryRun", true)), document, cancellation);

    /// <summary>Exchanges the steps to come for those of a document in YAML or JSON.</summary>
    public Task<RolloutInfo> EditRolloutAsync(long id, string document, CancellationToken cancellation = default) =>
        SendDocumentAsync<RolloutInfo>(HttpMethod.Put, Rollout(id), document, cancellation);

    /// <summary>Rollouts, newest first.</summary>
    public Task<Page<RolloutInfo>> ListRolloutsAsync(
        RolloutFilter? filter = null, PageRequest page = default, CancellationToken cancellation = default) =>
        GetAsync<Page<RolloutInfo>>(
            Address(Rollouts, ("endpoint", filter?.Endpoint), ("active", filter?.Active ?? false),
                ("limit", page.Limit), ("pageToken", page.PageToken)), cancellation);

    /// <summary>A rollout with its plan and every check.</summary>
    public Task<RolloutInfo> GetRolloutAsync(long id, CancellationToken cancellation = default) =>
        GetAsync<RolloutInfo>(Rollout(id), cancellation);

    /// <summary>A rollout with what the last looks at every check found.</summary>
    /// <param name="looks">Most looks of each check, 0 to 10,000.</param>
    public Task<RolloutInfo> GetRolloutAsync(long id, int looks, CancellationToken cancellation = default) =>
        GetAsync<RolloutInfo>(Address(Rollout(id), ("looks", looks)), cancellation);

    /// <summary>What happened in a rollout, newest first.</summary>
    public Task<Page<RolloutEventInfo>> ListRolloutEventsAsync(
        long id, PageRequest page = default, CancellationToken cancellation = default) =>
        GetAsync<Page<RolloutEventInfo>>(
            Address($"{Rollout(id)}/events", ("limit", page.Limit), ("pageToken", page.PageToken)), cancellation);

    /// <summary>How candidates' answers to copies differ from what callers got, candidate by candidate.</summary>
    /// <param name="examples">Most examples of each, 0 to 50.</param>
    public Task<List<DisagreementsInfo>> GetDisagreementsAsync(
        long id, int examples = 10, CancellationToken cancellation = default) =>
        GetAsync<List<DisagreementsInfo>>(
            Address($"{Rollout(id)}/disagreements", ("examples", examples)), cancellation);

    /// <summary>Exchanges the steps that are still to come, and the guards.</summary>
    public Task<RolloutInfo> EditRolloutAsync(
        long id, RolloutRequest request, CancellationToken cancellation = default) =>
        SendAsync<RolloutRequest, RolloutInfo>(HttpMethod.Put, Rollout(id), request, cancellation);

    /// <summary>Holds the steps; guards stay armed.</summary>
    public Task<RolloutInfo> PauseRolloutAsync(
        long id, string? reason = null, CancellationToken cancellation = default) =>
        CommandAsync(id, "pause", new RolloutCommandRequest { Reason = reason }, cancellation);

    /// <summary>Goes on.</summary>
    public Task<RolloutInfo> ResumeRolloutAsync(
        long id, string? reason = null, CancellationToken cancellation = default) =>
        CommandAsync(id, "resume", new RolloutCommandRequest { Reason = reason }, cancellation);

    /// <summary>Approves the present step.</summary>
    /// <param name="digest">What was looked at; refused when the step waits for another. Null: whatever it is.</param>
    public Task<RolloutInfo> ApproveRolloutAsync(
        long id, string? reason = null, string? digest = null, CancellationToken cancellation = default) =>
        CommandAsync(id, "approve", new RolloutCommandRequest { Reason = reason, Digest = digest }, cancellation);

    /// <summary>Declines the proposal of a rollout, which goes back to stable.</summary>
    public Task<RolloutInfo> DeclineRolloutAsync(
        long id, string reason, string? digest = null, CancellationToken cancellation = default) =>
        CommandAsync(id, "decline", new RolloutCommandRequest { Reason = reason, Digest = digest }, cancellation);

    /// <summary>Wins that wait for approval, newest rollout first; with the decided ones where asked for.</summary>
    public Task<Page<ProposalInfo>> ListProposalsAsync(
        ProposalFilter? filter = null, PageRequest page = default, CancellationToken cancellation = default) =>
        GetAsync<Page<ProposalInfo>>(
            Address($"{Rollouts}/proposals", ("endpoint", filter?.Endpoint), ("all", filter?.All ?? false),
                ("limit", page.Limit), ("pageToken", page.PageToken)), cancellation);

    /// <summary>Leaves the present step undone; guards stay armed.</summary>
    public Task<RolloutInfo> SkipRolloutStepAsync(
        long id, string reason, CancellationToken cancellation = default) =>
        CommandAsync(id, "skip", new RolloutCommandRequest { Reason = reason }, cancellation);

    /// <summary>Leaves all further steps undone; guards stay armed through the bake.</summary>
    public Task<RolloutInfo> PromoteRolloutAsync(
        long id, string reason, string? candidate = null, CancellationToken cancellation = default) =>
        CommandAsync(
            id, "promote", new RolloutCommandRequest { Reason = reason, Candidate = candidate }, cancellation);

    /// <summary>Goes back to stable at once. Aborting what went back already changes nothing.</summary>
    public Task<RolloutInfo> AbortRolloutAsync(
        long id, string? reason = null, CancellationToken cancellation = default) =>
        CommandAsync(id, "abort", new RolloutCommandRequest { Reason = reason }, cancellation);

    private async Task<T> SendDocumentAsync<T>(
        HttpMethod method, string address, string document, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, address);
        request.Content = new StringContent(document, Encoding.UTF8, new MediaTypeHeaderValue("application/yaml"));
        return await SendAsync<T>(request, cancellation);
    }

    private Task<RolloutInfo> CommandAsync(
        long id, string command, RolloutCommandRequest request, CancellationToken cancellation) =>
        SendAsync<RolloutCommandRequest, RolloutInfo>(
            HttpMethod.Post, $"{Rollout(id)}/{command}", request, cancellation);

    private static string Rollout(long id) => $"{Rollouts}/{id.ToString(CultureInfo.InvariantCulture)}";
}
