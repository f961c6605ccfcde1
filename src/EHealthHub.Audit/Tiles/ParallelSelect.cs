using System.Runtime.ExceptionServices;

namespace EHealthHub.Audit.Tiles;

/// <summary>Does the same with everything of a sequence on all cores, some thousands at a time, and yields what came of it in order. What is thrown is thrown as it was.</summary>
internal static class ParallelSelect
{
    private const int ChunkSize = 4_096;

    public static IEnumerable<TTo> Run<TFrom, TTo>(IEnumerable<TFrom> source, Func<TFrom, TTo> select, CancellationToken cancellationToken)
    {
        foreach (var chunk in source.Chunk(ChunkSize))
        {
            var results = new TTo[chunk.Length];
            try
            {
                Parallel.For(0, chunk.Length, new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount }, i => results[i] = select(chunk[i]));
            }
            catch (AggregateException exception)
            {
                ExceptionDispatchInfo.Throw(exception.InnerExceptions[0]);
            }

            foreach (var result in results)
            {
                yield return result;
            }
        }
    }
}
