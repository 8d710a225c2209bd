using System.CommandLine;
using System.Globalization;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Predictions;

/// <summary>Lists the newest requests of an endpoint.</summary>
internal static class PredictionsList
{
    public static Command Create(Terminal terminal)
    {
        var endpoint = new Argument<string>("endpoint") { Description = "The endpoint" };
        var limit = new Option<int>("--limit")
        {
            Description = "Most requests",
            HelpName = "n",
            DefaultValueFactory = _ => 20,
        };
        var failed = new Option<bool>("--failed") { Description = "Only requests that were not answered" };
        return new Command("list", "List the newest recorded requests of an endpoint") { endpoint, limit, failed }
            .Runs(terminal, async (call, cancellation) =>
            {
                var name = call.Value(endpoint);
                var where = call.Value(failed) ? "WHERE failure IS NOT NULL AND row = 0" : "WHERE row = 0";
                var answer = await call.Client.QueryPredictionsAsync(
                    new QueryPredictionsRequest
                    {
                        Endpoints = [name],
                        MaxRows = call.Value(limit),
                        Sql = "SELECT time, coalesce(prediction_id, '') AS prediction_id, arm, version, unit, rows, "
                            + "round(duration_us / 1000, 2) AS ms, coalesce(failure, '') AS failure "
                            + $"FROM {PredictionsQuery.Name(name)} {where} ORDER BY time DESC LIMIT "
                            + call.Value(limit).ToString(CultureInfo.InvariantCulture),
                    }, cancellation);
                call.Write(answer, to => PredictionsQuery.Show(answer, to));
            });
    }
}
