using System.CommandLine;
using Fairlead.Cli.Shell;
using Fairlead.Client.Api;

namespace Fairlead.Cli.Verbs.Predictions;

/// <summary>Removes every record of a person from an endpoint's log.</summary>
internal static class PredictionsForget
{
    public static Command Create(Terminal terminal)
    {
        var endpoint = new Argument<string>("endpoint") { Description = "The endpoint" };
        var subject = new Option<string>("--subject")
        {
            Description = "Who: the value of the endpoint's 'subject', a field or the unit",
            HelpName = "value",
            Required = true,
        };
        var reason = new Option<string>("--reason")
        {
            Description = "Why, for the audit log, which does not tell who",
            HelpName = "text",
            Required = true,
        };
        return new Command("forget", "Remove every record of a person") { endpoint, subject, reason }
            .Runs(terminal, async (call, cancellation) =>
            {
                var forgotten = await call.Client.ForgetPredictionsAsync(
                    call.Value(endpoint),
                    new ForgetPredictionsRequest { Subject = call.Value(subject), Reason = call.Value(reason) },
                    cancellation);
                call.Write(forgotten, to => new Facts()
                    .Add("forgotten", forgotten.Id)
                    .Add("hash", forgotten.Subject)
                    .Add("up to", forgotten.At)
                    .Add("rows removed", forgotten.Rows)
                    .Add("answers and outcomes removed", forgotten.Outcomes)
                    .Write(to));
            });
    }
}
