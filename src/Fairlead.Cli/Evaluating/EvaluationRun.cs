using Fairlead.Client;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Evaluating;

/// <summary>Sends the rows of a file to be scored by a version, from where an interrupted evaluation stands.</summary>
internal sealed class EvaluationRun(FairleadClient client, EvaluationData data, int batch, Action<string> note)
{
    /// <summary>Evaluates a version, or finds what asked the same before.</summary>
    public async Task<EvaluationInfo> RunAsync(
        VersionInfo version, EvaluationRequest request, CancellationToken cancellation)
    {
        var evaluation = await client.BeginEvaluationAsync(version.Model, version.Number, request, cancellation);
        var name = $"{version.Model}/{version.Number}";
        if (evaluation.State == "finished")
        {
            note($"{name} was evaluated so before (evaluation {evaluation.Id}); --again does it once more.");
            return evaluation;
        }

        if (evaluation.Rows > 0)
            note($"{name}: goes on behind row {evaluation.Rows} of an evaluation that was interrupted.");
        var rows = new LabelledRows(data.Path, version, request.Label, request.By);
        evaluation = await SendAsync(evaluation, rows, request, cancellation);
        if (rows.Unlabelled > 0)
            note($"{rows.Unlabelled} rows have no value in '{request.Label}' and were left out.");
        return evaluation.Rows == 0
            ? throw CliException.Usage($"{data.Path} has no row with a value in '{request.Label}'.")
            : await client.FinishEvaluationAsync(evaluation.Id, cancellation);
    }

    private async Task<EvaluationInfo> SendAsync(
        EvaluationInfo evaluation, LabelledRows rows, EvaluationRequest request, CancellationToken cancellation)
    {
        var (read, most) = (0, request.Limit ?? int.MaxValue);
        var waiting = new List<LabelledRow>();
        await foreach (var row in rows.ReadAsync(note, cancellation))
        {
            if (read == most)
                break;
            if (++read <= evaluation.Rows)
                continue;
            waiting.Add(row);
            if (waiting.Count < batch)
                continue;
            evaluation = await SendAsync(evaluation, waiting, cancellation);
            waiting.Clear();
        }

        return waiting.Count == 0 ? evaluation : await SendAsync(evaluation, waiting, cancellation);
    }

    private async Task<EvaluationInfo> SendAsync(
        EvaluationInfo evaluation, List<LabelledRow> rows, CancellationToken cancellation)
    {
        var after = await client.AddEvaluationRowsAsync(evaluation.Id, new EvaluationRowsRequest
        {
            First = evaluation.Rows,
            Rows = [.. rows.Select(row => row.Fields)],
            Labels = [.. rows.Select(row => row.Label)],
            Segments = evaluation.By is null ? null : [.. rows.Select(row => row.Segment!)],
        }, cancellation);
        note($"{evaluation.Model}/{evaluation.Version}: {after.Rows} rows are scored.");
        return after;
    }
}
