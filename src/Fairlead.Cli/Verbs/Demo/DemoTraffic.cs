using System.Diagnostics;
using Fairlead.Client;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Demo;

/// <summary>Sends the held-out rows as live traffic, one row a request, from several callers at once.</summary>
internal sealed class DemoTraffic(FairleadClient client, string endpoint)
{
    private const int Callers = 8;

    /// <summary>
    /// Sends every applicant once and returns what came back, in order. A request that fails ends the replay with its
    /// exception: the demo has no failures to hide.
    /// </summary>
    public async Task<Replay> SendAsync(IReadOnlyList<Applicant> applicants, Action answered,
        CancellationToken cancellation)
    {
        var answers = new DemoAnswer[applicants.Count];
        var clock = Stopwatch.StartNew();
        await Parallel.ForEachAsync(
            Enumerable.Range(0, applicants.Count),
            new ParallelOptions { MaxDegreeOfParallelism = Callers, CancellationToken = cancellation },
            async (i, stop) =>
            {
                var began = Stopwatch.GetTimestamp();
                var answer = await client.PredictAsync(endpoint, new PredictRequest([applicants[i].Row]),
                    cancellation: stop);
                answers[i] = Read(answer, Stopwatch.GetElapsedTime(began), applicants[i].Label);
                answered();
            });
        return new Replay(answers, clock.Elapsed);
    }

    private static DemoAnswer Read(PredictAnswer answer, TimeSpan took, string turnedOut)
    {
        var label = answer.Outputs["label"][0].GetString()!;
        var probabilities = answer.Outputs["probabilities"][0].EnumerateArray().Select(value => value.GetDouble())
            .ToArray();
        return new DemoAnswer(label, probabilities, turnedOut, took, answer.PredictionId);
    }
}

/// <summary>One answered request.</summary>
internal sealed record DemoAnswer(string Said, double[] Probabilities, string Was, TimeSpan Took,
    string PredictionId);

/// <summary>All answers, and how long they took together.</summary>
internal sealed record Replay(IReadOnlyList<DemoAnswer> Answers, TimeSpan Elapsed)
{
    /// <summary>Share of right answers.</summary>
    public double Accuracy => Answers.Average(answer => answer.Said == answer.Was ? 1.0 : 0.0);

    public double RequestsPerSecond => Answers.Count / Elapsed.TotalSeconds;

    /// <summary>
    /// Area under the ROC curve of one class's probability: the share of pairs of that class and another in the right
    /// order, ties half, by ranks (Hanley and McNeil 1982).
    /// </summary>
    public double Auc(string positive)
    {
        var place = PlaceOf(positive);
        var ordered = Answers.OrderBy(answer => answer.Probabilities[place]).ToList();
        double rankSum = 0;
        for (var i = 0; i < ordered.Count;)
        {
            var end = i;
            while (end < ordered.Count && ordered[end].Probabilities[place] == ordered[i].Probabilities[place])
                end++;
            var rank = (i + 1 + end) / 2.0;
            rankSum += rank * ordered.Skip(i).Take(end - i).Count(answer => answer.Was == positive);
            i = end;
        }

        double good = ordered.Count(answer => answer.Was == positive);
        return (rankSum - (good * (good + 1) / 2)) / (good * (ordered.Count - good));
    }

    /// <summary>
    /// The place of a class among the probabilities: the one whose probability is at least one half where the model
    /// says that class. The order of classes belongs to the model and is not guessed.
    /// </summary>
    private int PlaceOf(string label)
    {
        var sure = Answers.First(answer => answer.Said == label);
        return sure.Probabilities[0] >= sure.Probabilities[1] ? 0 : 1;
    }

    /// <summary>The latency below which a share of the requests stayed.</summary>
    public TimeSpan Percentile(double share)
    {
        var ordered = Answers.Select(answer => answer.Took).Order().ToList();
        return ordered[Math.Clamp((int)Math.Ceiling(share * ordered.Count) - 1, 0, ordered.Count - 1)];
    }
}
