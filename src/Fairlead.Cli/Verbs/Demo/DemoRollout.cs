using System.Globalization;
using Fairlead.Client;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Demo;

/// <summary>What the rollout of the demo came to.</summary>
internal sealed record DemoRolloutReport
{
    public long Id { get; init; }

    /// <summary><c>succeeded</c> or <c>rolled back</c>.</summary>
    public string Phase { get; init; } = "";

    /// <summary>Why it went back; null when it did not.</summary>
    public string? Reason { get; init; }

    /// <summary>The version that is stable now, such as <c>credit/2</c>.</summary>
    public string StableVersion { get; init; } = "";

    /// <summary>Where the alias <c>champion</c> points now.</summary>
    public int Champion { get; init; }

    public int Requests { get; init; }

    /// <summary>Requests that the challenger answered.</summary>
    public int MetTheChallenger { get; init; }

    public int Failed { get; init; }

    /// <summary>Labels that were reported.</summary>
    public int Labels { get; init; }

    public double Seconds { get; init; }
}

/// <summary>
/// Ships a version onto live traffic and tells what happens: callers come and go, labels arrive late, and the rollout
/// decides by itself.
/// </summary>
internal sealed class DemoRollout(Call call, FairleadClient client, DemoStory story)
{
    private const int Callers = 4;

    /// <summary>Pause of a caller between two requests.</summary>
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(5);

    private static readonly TimeSpan LongestRollout = TimeSpan.FromMinutes(4);

    private readonly DemoLabels _labels = new(client);
    private int _requests;
    private int _challenger;
    private int _failed;

    /// <summary>Starts the rollout and follows it to its end.</summary>
    public async Task<DemoRolloutReport> RunAsync(
        int version, IReadOnlyList<Applicant> applicants, CancellationToken cancellation)
    {
        var began = TimeProvider.System.GetTimestamp();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        ending.CancelAfter(LongestRollout);
        var traffic = Enumerable.Range(0, Callers)
            .Select(caller => AskAsync(caller, applicants, ending.Token)).ToList();
        var labels = _labels.SendAsync(ending.Token);

        var started = await client.StartRolloutAsync(story.Plan(story.Endpoint, version), cancellation);
        call.Note($"Rollout {started.Id}: {story.Endpoint}/{version} onto live traffic, in compressed time.");
        var ended = await new DemoNarration(call, client).FollowAsync(started.Id, ending.Token);

        await ending.CancelAsync();
        await Task.WhenAll(traffic);
        await labels;
        var served = await client.GetEndpointAsync(story.Endpoint, cancellation);
        var model = await client.GetModelAsync(story.Endpoint, cancellation);
        var stable = served.Variants.Single(variant => variant.Name == served.Stable);
        return new DemoRolloutReport
        {
            Id = started.Id,
            Phase = ended.Phase,
            Reason = ended.Reason,
            StableVersion = $"{stable.Model}/{stable.Version}",
            Champion = model.Aliases.GetValueOrDefault("champion"),
            Requests = _requests,
            MetTheChallenger = _challenger,
            Failed = _failed,
            Labels = _labels.Sent,
            Seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds,
        };
    }

    /// <summary>The summary in words.</summary>
    public static void Write(Call call, DemoRolloutReport report)
    {
        string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
        call.Note("");
        call.Note($"The rollout {report.Phase} after {Number(report.Seconds)} s.");
        if (report.Reason is { } reason)
            call.Note($"  reason        {reason}");
        call.Note($"  stable        {report.StableVersion} (alias champion: {report.Champion})");
        call.Note($"  requests      {report.Requests}, {report.Failed} failed, {report.Labels} labels came later");
        call.Note($"  challenger    answered {report.MetTheChallenger} of them "
            + $"({Number(100.0 * report.MetTheChallenger / Math.Max(1, report.Requests))} %)");
    }

    private async Task AskAsync(int caller, IReadOnlyList<Applicant> applicants, CancellationToken cancellation)
    {
        try
        {
            for (var i = caller; ; i += Callers)
            {
                var applicant = applicants[i % applicants.Count];
                try
                {
                    var answer = await client.PredictAsync(story.Endpoint, new PredictRequest([applicant.Row]),
                        (DemoPlan.UnitHeader, $"applicant-{i}"), cancellation);
                    Interlocked.Increment(ref _requests);
                    if (answer.Arm == "challenger")
                        Interlocked.Increment(ref _challenger);
                    _labels.Add(answer.PredictionId, applicant.Label);
                }
                catch (FairleadApiException)
                {
                    Interlocked.Increment(ref _requests);
                    Interlocked.Increment(ref _failed);
                }

                await Task.Delay(Between, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The rollout is decided.
        }
    }
}
