using System.Threading.Channels;
using Fairlead.Client;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Demo;

/// <summary>Reports what turned out for each answer, as life does: later, and in no hurry.</summary>
internal sealed class DemoLabels(FairleadClient client)
{
    /// <summary>How long a label takes.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(700);

    private const int AtOnce = 500;

    private readonly Channel<(DateTimeOffset Due, OutcomeItem Item)> _waiting =
        Channel.CreateBounded<(DateTimeOffset, OutcomeItem)>(100_000);

    /// <summary>Labels that the server took.</summary>
    public int Sent { get; private set; }

    /// <summary>Labels that the server refused; the demo has none to expect.</summary>
    public int Refused { get; private set; }

    /// <summary>Notes what will turn out for an answer.</summary>
    public void Add(string predictionId, string label) => _waiting.Writer.TryWrite((
        TimeProvider.System.GetUtcNow() + Late,
        new OutcomeItem { PredictionId = predictionId, Name = "label", Label = label }));

    /// <summary>Reports labels as they become due, until it is told to stop.</summary>
    public async Task SendAsync(CancellationToken cancellation)
    {
        var batch = new List<OutcomeItem>();
        try
        {
            await foreach (var (due, item) in _waiting.Reader.ReadAllAsync(cancellation))
            {
                if (due - TimeProvider.System.GetUtcNow() is { Ticks: > 0 } early)
                {
                    await FlushAsync(batch, cancellation);
                    await Task.Delay(early, cancellation);
                }

                batch.Add(item);
                if (batch.Count >= AtOnce || _waiting.Reader.Count == 0)
                    await FlushAsync(batch, cancellation);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The rollout has been decided; what would have turned out later is nobody's concern any more.
        }
    }

    private async Task FlushAsync(List<OutcomeItem> batch, CancellationToken cancellation)
    {
        if (batch.Count == 0)
            return;

        var result = await client.ReportOutcomesAsync(new OutcomesRequest { Outcomes = [.. batch] }, cancellation);
        Sent += batch.Count - result.Refused.Count;
        Refused += result.Refused.Count;
        batch.Clear();
    }
}
