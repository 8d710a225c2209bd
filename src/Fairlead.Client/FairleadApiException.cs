using System.Net;
using Fairlead.Client.Api;

namespace Fairlead.Client;

/// <summary>
/// The server answered with a problem. Programs decide by <see cref="Code"/>; the message is for people.
/// </summary>
public sealed class FairleadApiException(Problem problem)
    : Exception(problem.Detail ?? problem.Title ?? $"The server answered {problem.Status}.")
{
    public Problem Problem { get; } = problem;

    /// <summary>The stable name of the error, such as <c>alias_moved</c>.</summary>
    public string Code => Problem.Code;

    public HttpStatusCode Status => (HttpStatusCode)Problem.Status;
}
